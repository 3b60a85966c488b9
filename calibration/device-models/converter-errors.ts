import { MhoError } from "#protocol";
import { randomStream } from "../random.ts";

/** Static errors of one converter, in steps (lsb) where not said otherwise. */
export interface ConverterErrors {
  readonly bits: number;
  /** Relative error of the gain. */
  readonly gain: number;
  readonly offset: number;
  /** Largest integral nonlinearity of a smooth bow. */
  readonly inl: number;
  /** Standard deviation over codes of the differential nonlinearity: step width − 1. */
  readonly dnl: number;
}
export interface ConverterAddress {
  readonly seed: number;
  readonly stream: number;
  /** Number of the converter on its board. */
  readonly converter: number;
}

/**
 * Levels of a signed converter with its errors, one a code from −2^(bits−1): what a DAC puts out, and the middle of what an
 * ADC takes for that code.
 *
 *   level(c) = (1 + gain) · (c + bow(c) + walk(c)) + offset
 *   bow = inl · 4u(1 − u), u = position in 0 … 1      walk = Σ dnl_k less the straight line through its ends
 *
 * Steps have independent normal widths 1 + dnl·z, never negative (a missing code), so the levels never fall. INL and DNL
 * are counted from the line through the end points (IEEE 1241), which gain and offset then move. Deterministic from the
 * address. Range: 1 … 16 bits, |gain| ≤ 0.5, dnl 0 … 1.
 */
export function converterLevels(errors: ConverterErrors, at: ConverterAddress): Float64Array {
  const { bits, gain, offset, inl, dnl } = errors;
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 16))
    throw new MhoError("OUT_OF_MODEL", { what: "bits of a converter", value: bits, range: "1 … 16" });
  if (!(Math.abs(gain) <= 0.5 && dnl >= 0 && dnl <= 1))
    throw new MhoError("OUT_OF_MODEL", {
      what: "gain error and DNL of a converter",
      value: `${gain}, ${dnl}`,
      range: "±0.5, 0 … 1",
    });
  const last = 2 ** bits - 1;
  const random = randomStream(at.seed, at.stream, at.converter);
  const walked = new Float64Array(last + 1);
  for (let k = 1; k <= last; k++)
    walked[k] = walked[k - 1]! + (dnl > 0 ? Math.max(0, 1 + dnl * random.normal()) : 1);
  const stretch = last / walked[last]!;
  return walked.map((x, k) => {
    const u = k / last;
    return (1 + gain) * (x * stretch + inl * 4 * u * (1 - u) - (last + 1) / 2) + offset;
  });
}

/**
 * Codes of an ADC with these levels for `values` in steps: the code whose level is nearest, by binary search, with
 * `noise` (steps, normal, from `random`) added first; below and above the ends it saturates. Writes `codes`, returns
 * how many stand at an end.
 */
export function convertWith(
  levels: Float64Array,
  values: Float64Array,
  { codes, noise = 0, random }: { codes: Int16Array; noise?: number; random?: () => number },
): number {
  const [half, last] = [levels.length / 2, levels.length - 1];
  let saturated = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! + (random ? noise * random() : 0);
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value < (levels[middle]! + levels[middle + 1]!) / 2) high = middle;
      else low = middle + 1;
    }
    if (low === 0 || low === last) saturated++;
    codes[i] = low - half;
  }
  return saturated;
}

/**
 * Gain (near 1) and offset of each column's read-out chain: independent normals of standard deviation `gain` and
 * `offset`. Gains vary by 0.21 … 0.26 over the columns of a NeuRRAM core before its calibration, offsets by 1.4 … 4.6
 * steps (reference/physics.md §F). Range: gain 0 … 0.3, offset ≥ 0.
 */
export function columnErrors(
  spread: { readonly cols: number; readonly gain: number; readonly offset: number },
  at: ConverterAddress,
): { readonly gains: Float64Array; readonly offsets: Float64Array } {
  const { cols, gain, offset } = spread;
  if (!(gain >= 0 && gain <= 0.3 && offset >= 0))
    throw new MhoError("OUT_OF_MODEL", { what: "spread of column gains", value: gain, range: "0 … 0.3" });
  const random = randomStream(at.seed, at.stream, at.converter, 1);
  const gains = Float64Array.from({ length: cols }, () => 1 + gain * random.normal());
  return { gains, offsets: Float64Array.from({ length: cols }, () => offset * random.normal()) };
}
