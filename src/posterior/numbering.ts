import { type MappedBoard, type MappedLayer, phasesOf, type Stage } from "../mapping/index.ts";

/** Sample numbers are 32 bits on the wire. */
const allNumbers = 2 ** 32;

/** Which sample numbers a layer's read-outs of an item have: `base + item · perItem`, the next block's `stride` later. */
export interface LayerNumbers {
  readonly base: number;
  readonly stride: number;
  readonly perItem: number;
}
export interface Numbering {
  readonly layers: readonly LayerNumbers[];
  /** Items until the numbers begin again. */
  readonly period: number;
}

/**
 * Numbers for every read-out of a run, from the item's number alone: the same however items are batched, whatever the
 * link. Each block of each layer has its own stretch of the 32-bit numbers, as long as `period` items take.
 */
export function numberingOf(
  stages: readonly Stage[],
  layers: readonly MappedLayer[],
  board: MappedBoard,
  samples: number,
): Numbering {
  const perItem = layers.map((layer, k) => stages[k]!.patches * samples * layer.average);
  const parts = layers.map((layer) => layer.blocks.length * phasesOf(layer, board));
  const total = perItem.reduce((sum, numbers, k) => sum + numbers * parts[k]!, 0);
  const period = Math.max(1, Math.floor(allNumbers / total));
  let base = 0;
  const numbers = perItem.map((each, k): LayerNumbers => {
    const own = { base, stride: period * each, perItem: each };
    base += own.stride * parts[k]!;
    return own;
  });
  return { layers: numbers, period };
}
