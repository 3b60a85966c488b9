import { MhoError } from "#protocol";
import { fillNormals, type RandomStream, randomStream } from "../random.ts";

/** Gaussian noise on activations: both parts 0 or more; either alone is additive or multiplicative noise. */
export interface LayerNoise {
  /** Standard deviation that is added, in activation units. */
  readonly additive: number;
  /** Relative standard deviation. */
  readonly multiplicative: number;
}

/** Combined noise of one amplitude: a share `additive` of it added, the rest relative. s_add = A r, s_mul = A (1 − r). */
export function combinedNoise(amplitude: number, additive: number): LayerNoise {
  if (!(amplitude >= 0 && additive >= 0 && additive <= 1))
    throw new MhoError("OUT_OF_MODEL", { what: "additive share", value: additive, range: "0 … 1" });
  return { additive: amplitude * additive, multiplicative: amplitude * (1 - additive) };
}

/**
 * Adds a layer's noise to activations in place, fresh and independent for each element.
 *
 *   y = x · N(1, s_mul²) + N(0, s_add²)
 *
 * Chance is addressed by (seed, stream, inference, layer). Source: Walking Noise, arXiv 2212.10430;
 * reference/papers.md §2. Errors: OUT_OF_MODEL for a negative size.
 */
export function addLayerNoise(
  activations: Float32Array,
  { additive, multiplicative }: LayerNoise,
  at: { seed: number; stream: number; inference: number; layer: number },
): void {
  const least = Math.min(additive, multiplicative);
  if (!(least >= 0)) throw new MhoError("OUT_OF_MODEL", { what: "layer noise", value: least, range: "≥ 0" });
  const count = activations.length;
  const z = new Float32Array(2 * count);
  fillNormals(z, at.seed, at.stream, at.inference, at.layer);
  for (let i = 0; i < count; i++)
    activations[i] = activations[i]! * (1 + multiplicative * z[i]!) + additive * z[count + i]!;
}

/** How the size of the noise goes from inference to inference; `size` is what it is relative to. */
export type NoiseSchedule =
  | { readonly kind: "constant" }
  /** 0 at the first inference, the whole size from inference `over` on. */
  | { readonly kind: "ramp"; readonly over: number }
  /** α s + θ |z|, z anew at each: the deployed noise of variance-aware training. */
  | { readonly kind: "per-inference"; readonly alpha: number; readonly theta: number }
  /** |s + θ Σ z|: wanders by θ an inference. */
  | { readonly kind: "random-walk"; readonly theta: number };

/**
 * Sizes of the noise at inferences 0 … count − 1, deterministic from the address.
 *
 * Sources: ramp and α s + θ |z| from the code of VANT, arXiv 2503.16183 (reference/papers.md §6; best α 0.45; θ 0.05 for
 * s = 0.1, 0.25 for 0.5, 0.95 for 1.7); the walk is ours.
 */
export function noiseSizes(
  schedule: NoiseSchedule,
  { size, count }: { size: number; count: number },
  at: { seed: number; stream: number },
): Float64Array {
  if (!(size >= 0)) throw new MhoError("OUT_OF_MODEL", { what: "layer noise", value: size, range: "≥ 0" });
  const random = randomStream(at.seed, at.stream);
  return Float64Array.from({ length: count }, sizer(schedule, size, random));
}

function sizer(
  schedule: NoiseSchedule,
  size: number,
  random: RandomStream,
): (_: unknown, i: number) => number {
  let walked = size;
  switch (schedule.kind) {
    case "constant":
      return () => size;
    case "ramp":
      return (_, i) => size * Math.min(1, i / Math.max(1, schedule.over));
    case "per-inference":
      return () => schedule.alpha * size + schedule.theta * Math.abs(random.normal());
    case "random-walk":
      return (_, i) => {
        if (i > 0) walked += schedule.theta * random.normal();
        return Math.abs(walked);
      };
    default:
      return schedule satisfies never;
  }
}
