import { type BoardProfile, converterLevels, convertWith, streams } from "#calibration";
import type { Descriptor } from "#protocol";

/** An analog-to-digital converter in one of its ranges: codes −2^(bits−1) … 2^(bits−1)−1 of `lsb` amperes. */
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
 * Rounds `line`, currents in codes, to the nearest code (halves upwards), clips to the converter's ends and writes
 * `codes[at …]`. Returns how many stand at an end. Its error is uniform within ± ½ code inside the range. A converter
 * with levels of its own takes the nearest of them.
 */
export function convert(
  line: Float64Array,
  { min, max, offset, levels }: Converter,
  codes: Int16Array,
  at: number,
): number {
  if (levels !== undefined) {
    for (let j = 0; j < line.length; j++) line[j]! += offset;
    return convertWith(levels, line, { codes: codes.subarray(at, at + line.length) });
  }
  let saturated = 0;
  for (let j = 0; j < line.length; j++) {
    let code = Math.floor(line[j]! + offset + 0.5);
    if (code <= min || code >= max) {
      code = code <= min ? min : max;
      saturated++;
    }
    codes[at + j] = code;
  }
  return saturated;
}
