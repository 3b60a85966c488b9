import { type BoardProfile, randomStream, streams } from "#calibration";
import type { Area } from "#protocol";

/** What each column of an area makes of its current, in codes of the converter: gain · code + offset. */
export interface Columns {
  readonly gains: Float64Array;
  readonly offsets: Float64Array;
}

/**
 * Gain and offset of the columns of an area, fixed for a board by its seed. Gains are log-normal with mean 1 and the
 * profile's coefficient of variation, so that none is negative; offsets are Gaussian, in codes of whatever range.
 */
export function columnsOf({ columns }: BoardProfile, area: Area, seed: number): Columns | undefined {
  if (columns === undefined) return undefined;
  const sigma = Math.sqrt(Math.log1p(columns.gain.value ** 2));
  const gains = new Float64Array(area.cols);
  const offsets = new Float64Array(area.cols);
  for (let j = 0; j < area.cols; j++) {
    const random = randomStream(seed, streams.columns, area.tile, area.col + j);
    gains[j] = Math.exp(sigma * random.normal() - sigma ** 2 / 2);
    offsets[j] = columns.offset.value * random.normal();
  }
  return { gains, offsets };
}

/** Applies gain and offset to `line`, one current a column, in place. */
export function amplify(line: Float64Array, { gains, offsets }: Columns): void {
  for (let j = 0; j < line.length; j++) line[j] = gains[j]! * line[j]! + offsets[j]!;
}
