import { MhoError } from "#protocol";
import type { Tensor } from "../../datasets/index.ts";
import type { Gaussians } from "../types.ts";
import type { Parameter } from "./recognise.ts";
import type { Transform } from "./transform.ts";

/** Gaussians with the shape they have in the network, outputs first. */
export interface Weights {
  readonly key: string;
  readonly shape: readonly number[];
  readonly gaussians: Gaussians;
}

/**
 * A parameter's means and, through `transform`, its standard deviations; 0 where it has no spread.
 * Errors: WEIGHT_NOT_FINITE, STD_UNKNOWN where a standard deviation would be negative, SHAPE_MISMATCH where it is empty.
 */
export function weightsOf({ key, mean, spread, inputsFirst }: Parameter, transform?: Transform): Weights {
  const { shape, values } = outputsFirst(mean, inputsFirst);
  const means = Float32Array.from(values);
  if (means.length === 0)
    throw new MhoError("SHAPE_MISMATCH", {
      what: key,
      found: `(${shape.join(", ")})`,
      wanted: "one value at least",
    });
  checkFinite(key, means);
  const std = new Float32Array(means.length);
  if (spread !== undefined && transform !== undefined) {
    const raw = outputsFirst(spread.tensor, inputsFirst).values;
    for (let i = 0; i < std.length; i++) std[i] = transform.of(raw[i]!);
    checkStd(spread.key, std, transform);
  }
  return { key, shape, gaussians: { mean: means, std } };
}

function checkFinite(key: string, values: Float32Array): void {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) count++;
  if (count > 0) throw new MhoError("WEIGHT_NOT_FINITE", { key, count });
}

function checkStd(key: string, std: Float32Array, transform: Transform): void {
  checkFinite(key, std);
  let least = Infinity;
  for (let i = 0; i < std.length; i++) least = Math.min(least, std[i]!);
  if (least >= 0) return;
  throw new MhoError("STD_UNKNOWN", {
    key,
    why: `taken as ${transform.text}, its least value would be ${least}`,
  });
}

/** [in, out] → [out, in] and [k, k, in, out] → [out, in, k, k]: all dimensions but the kernel's turn around. */
function outputsFirst(tensor: Tensor, inputsFirst: boolean): Tensor {
  const { shape, values } = tensor;
  if (!inputsFirst || shape.length < 2) return tensor;
  const [outs, ins] = [shape.at(-1)!, shape.at(-2)!];
  const kernel = values.length / (outs * ins);
  const turned = values.slice();
  for (let k = 0, from = 0; k < kernel; k++) {
    for (let i = 0; i < ins; i++) {
      for (let o = 0; o < outs; o++) turned[(o * ins + i) * kernel + k] = values[from++]!;
    }
  }
  return { shape: [outs, ins, ...shape.slice(0, -2)], values: turned };
}
