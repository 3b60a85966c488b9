import { MhoError } from "#protocol";

/**
 * How many items of `size` numbers `inputs` holds. A board would drive what is no number at 0 V, and a model that saw
 * nothing would be sure of it. Errors: SHAPE_MISMATCH, NOT_A_QUANTITY with the first item that is not finite.
 */
export function itemsIn(what: string, inputs: Float32Array, size: number): number {
  const items = inputs.length / size;
  if (!Number.isInteger(items))
    throw new MhoError("SHAPE_MISMATCH", {
      what,
      found: `${inputs.length} values`,
      wanted: `items of ${size}`,
    });
  const at = inputs.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new MhoError("NOT_A_QUANTITY", {
      value: inputs[at]!,
      unit: `${what} (item ${Math.floor(at / size)})`,
    });
  return items;
}
