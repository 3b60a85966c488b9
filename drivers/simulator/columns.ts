import { type BoardProfile, columnErrors, streams } from "#calibration";
import type { Area } from "#protocol";

/** What each column of an area makes of its current, in codes of the converter: gain · code + offset. */
export interface Columns {
  readonly gains: Float64Array;
  readonly offsets: Float64Array;
}

/** Gain and offset of the columns of an area in a tile of `tileCols`, fixed for a board by its seed. */
export function columnsOf(
  { columns }: BoardProfile,
  { tile, col, cols }: Area,
  { seed, tileCols }: { seed: number; tileCols: number },
): Columns | undefined {
  if (columns === undefined) return undefined;
  const spread = { cols: tileCols, gain: columns.gain.value, offset: columns.offset.value };
  const { gains, offsets } = columnErrors(spread, { seed, stream: streams.converters, converter: tile });
  return { gains: gains.subarray(col, col + cols), offsets: offsets.subarray(col, col + cols) };
}
