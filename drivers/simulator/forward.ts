import { philox4x32, streams } from "#calibration";
import type { Area, ForwardPlan, PlanLayer, Request } from "#protocol";
import type { ForwardSamples } from "./core.ts";
import { placedLayer, throughLayer } from "./forward-layer.ts";
import type { Burst } from "./read-out.ts";

/** How one part of a network is read: vectors × rows DAC codes, `repeats` times each, numbered from `firstSample`. */
export interface PartReading {
  readonly codes: Int16Array;
  readonly repeats: number;
  readonly firstSample: number;
  /** Where the read noise is found. */
  readonly seed: number;
}
/** Makes a part of a layer ready, with its cells as they are now. */
export type PartReader = (area: Area, range: number) => (reading: PartReading) => Burst;

/** What a network runs on. */
export interface ForwardBoard {
  readonly seed: number;
  /** Greatest magnitude of an input code. */
  readonly inputHigh: number;
  readonly reader: PartReader;
}

/** Samples of an item that go through the layers together: enough for the matrix products, and they stay in the caches. */
const together = 128;

/** A stored network on a board whose cells stand still, at the inputs of one request. */
export interface ForwardRun {
  /** Samples `first` … `first + count`, as `BoardCore.forward` says. */
  take(first: number, count: number): ForwardSamples;
}

/** Keys of one item's noise in one phase of a layer: that of what the board adds, and the seed of its read-outs. */
function keysOf(board: number, which: readonly [seed: number, item: number, part: number]) {
  const key = [board >>> 0, Math.floor(board / 2 ** 32) >>> 0] as const;
  const words = philox4x32([...which, streams.forwardKeys], key);
  return { added: words.subarray(0, 2), reads: (words[2]! >>> 11) * 2 ** 32 + words[3]! };
}

/**
 * Makes a request ready: samples may be taken in any order and any number of times. The law is that of `PlanLayer`. Noise is
 * addressed by the board's seed, the request's, the number of the item, layer, phase and sample.
 */
export function forwardRun(
  plan: ForwardPlan,
  { samples, firstItem, seed }: Request<"forward">,
  inputs: Int16Array,
  board: ForwardBoard,
): ForwardRun {
  const layers = plan.layers.map((layer) => ({
    layer,
    placed: placedLayer(layer, board.inputHigh),
    parts: layer.blocks.map((block) => board.reader(block, layer.range)),
  }));
  const [size, outputs, last] = [plan.layers[0]!.inputs, plan.layers.at(-1)!.outputs, layers.length - 1];
  const widest = Math.max(...plan.layers.map((layer) => layer.outputs));
  // Codes between layers lie in the one or the other.
  const between = [0, 1].map(() => new Int16Array(together * widest));
  return {
    take: (first, count) => {
      const counts = { saturated: 0, clipped: 0, short: 0 };
      const codes = new Int16Array(count * outputs);
      for (let at = first; at < first + count; ) {
        const [item, k] = [Math.floor(at / samples), at % samples];
        const here = Math.min(together, samples - k, first + count - at);
        const number = (firstItem + item) % 2 ** 32;
        let values: Int16Array = inputs.subarray(item * size, (item + 1) * size);
        layers.forEach(({ layer, placed, parts }, l) => {
          const keys = [0, 1].map((phase) => keysOf(board.seed, [seed, number, 2 * l + phase]));
          const out = l === last ? codes.subarray((at - first) * outputs) : between[l % 2]!;
          throughLayer(layer, placed, values, { parts, keys, first: k, count: here, counts }, out);
          values = out.subarray(0, here * layer.outputs);
        });
        at += here;
      }
      return { codes, ...counts };
    },
  };
}

/** Read-outs of an area that one sample takes. */
export const readOutsOf = (layers: readonly PlanLayer[]): number =>
  layers.reduce(
    (sum, { blocks, average, twoPhases }) => sum + blocks.length * average * (twoPhases ? 2 : 1),
    0,
  );
