import { philox4x32 } from "#calibration";
import type { CrossbarBoard } from "#protocol";
import { type MappedLayer, type Network, phasesOf, quantised, topCode, vectorsOf } from "../mapping/index.ts";
import type { BoardPlan } from "./plan.ts";
import type { PosteriorSamples } from "./types.ts";

export interface OnBoardOptions {
  readonly samples: number;
  readonly seed: number;
  readonly firstItem: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What a seed is in the 32 bits that the wire has for it: itself where it fits. */
const seedOnWire = (seed: number): number =>
  seed < 2 ** 32 ? seed : philox4x32([0, 0, 0, 0], [seed >>> 0, Math.floor(seed / 2 ** 32)])[0]!;

/** Posterior samples from a board that runs the whole network: only input codes and output codes are on the wire. */
export async function sampleOnBoard(
  board: CrossbarBoard,
  { network, layers }: { network: Network; layers: readonly MappedLayer[] },
  { plan, outputLsb }: BoardPlan,
  images: Float32Array,
  options: OnBoardOptions,
): Promise<PosteriorSamples> {
  const { samples, firstItem, signal, onProgress } = options;
  const seed = seedOnWire(options.seed);
  const top = topCode(board.descriptor, board.descriptor.limits.readVoltage);
  const { codes, clipped } = quantised(vectorsOf(network.stages[0]!, images), layers[0]!, top);
  const items = images.length / network.inputs;
  const request = { plan, items, inputs: codes, samples, firstItem, seed, signal, onProgress };
  const report = await board.forward(request);
  const perSample = layers.reduce(
    (sum, layer) => sum + layer.average * layer.blocks.length * phasesOf(layer, board.descriptor),
    0,
  );
  return {
    items,
    samples,
    outputs: network.outputs,
    values: Float32Array.from(report.codes, (code, at) => code * outputLsb[at % network.outputs]!),
    readOuts: items * samples * perSample,
    saturated: report.saturated,
    clipped: clipped + report.clipped,
    drawn: items * samples * layers.reduce((sum, layer) => sum + layer.outputs, 0),
    short: report.short,
  };
}
