import type { Descriptor } from "#protocol";

/** An analog-to-digital converter in one of its ranges: codes −2^(bits−1) … 2^(bits−1)−1 of `lsb` amperes. */
export interface Converter {
  readonly lsb: number;
  readonly min: number;
  readonly max: number;
  /** Current that it adds to every column, in codes. */
  readonly offset: number;
}

export function converter(adc: Descriptor["adc"], range: number, offset: number): Converter {
  const half = 2 ** (adc.bits - 1);
  const lsb = adc.ranges[range]! / half;
  return { lsb, min: -half, max: half - 1, offset: offset / lsb };
}

/**
 * Rounds `line`, currents in codes, to the nearest code (halves upwards), clips to the converter's ends and writes
 * `codes[at …]`. Returns how many stand at an end. Its error is uniform within ± ½ code inside the range.
 */
export function convert(
  line: Float64Array,
  { min, max, offset }: Converter,
  codes: Int16Array,
  at: number,
): number {
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
