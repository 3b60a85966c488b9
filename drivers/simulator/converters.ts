import { type BoardProfile, converterLevels, convertWith, padded, streams } from "#calibration";
import type { Descriptor } from "#protocol";

/**
 * An analog-to-digital converter in one of its ranges: codes −2^(bits−1) … 2^(bits−1)−1 of `lsb` amperes. It takes the
 * nearest code, and a current half way between two the even one; its error is uniform within ± ½ code inside the range.
 */
export interface Converter {
  readonly lsb: number;
  readonly min: number;
  readonly max: number;
  /** Current that it adds to every column, in codes. */
  readonly offset: number;
  /** Levels of its codes where they are not evenly spaced. */
  readonly levels?: Float64Array | undefined;
}

export function converter(adc: Descriptor["adc"], range: number, offset: number): Converter {
  const half = 2 ** (adc.bits - 1);
  const lsb = adc.ranges[range]! / half;
  return { lsb, min: -half, max: half - 1, offset: offset / lsb };
}

/** Levels of the ADC of tile number `tile`, by the profile's nonlinearity; undefined for an ideal one. */
export function levelsOf(
  { adc }: BoardProfile,
  { bits, tile, seed }: { bits: number; tile: number; seed: number },
): Float64Array | undefined {
  if (adc.errors === undefined) return undefined;
  const { inl, dnl } = adc.errors;
  const errors = { bits, gain: 0, offset: 0, inl: inl.value, dnl: dnl.value };
  return converterLevels(errors, { seed, stream: streams.converters, converter: tile });
}

/**
 * Codes of `count` lines of currents (padded to 8 columns), in codes, by a converter with levels of its own: the nearest.
 * Writes count × cols codes and gives how many stand at an end.
 */
export function convertLines(
  levels: Float64Array,
  lines: Float32Array,
  codes: Int16Array,
  { count, cols }: { count: number; cols: number },
): number {
  const n8 = padded(cols);
  let saturated = 0;
  for (let s = 0; s < count; s++) {
    const line = Float64Array.from(lines.subarray(s * n8, s * n8 + cols));
    saturated += convertWith(levels, line, { codes: codes.subarray(s * cols, (s + 1) * cols) });
  }
  return saturated;
}
