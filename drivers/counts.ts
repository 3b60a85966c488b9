import { inSiemens, MhoError, type Quantities, type Siemens } from "#protocol";

/** Conductance as the wire counts it. WIRE_RANGE where the wire cannot hold it; never wraps. */
export function toCounts(field: string, value: Siemens | number, lsb: Siemens): number {
  const count = Math.round(value / lsb);
  if (!(count >= -0x8000 && count <= 0x7fff))
    throw new MhoError("WIRE_RANGE", { field, value, min: -0x8000 * lsb, max: 0x7fff * lsb });
  return count;
}

/** Counts of `lsb` in siemens. */
export function fromCounts(counts: ArrayLike<number>, lsb: Siemens): Quantities<"S"> {
  const out = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) out[i] = counts[i]! * lsb;
  return inSiemens(out);
}
