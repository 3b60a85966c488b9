import { type DeviceModel, streams } from "#calibration";
import { type CrossbarBoard, isMhoError, MhoError, type Seconds } from "#protocol";
import {
  type ConductanceMap,
  drawOutputs,
  itemsIn,
  type MappedLayer,
  type Network,
  networkOf,
  requireSameBoard,
  through,
  usualAge,
  vectorsOf,
} from "../mapping/index.ts";
import { readLayer } from "../readout/index.ts";
import { batches } from "./batches.ts";
import { requireSamples } from "./checks.ts";
import { type LayerNumbers, numberingOf } from "./numbering.ts";
import { type OnBoardOptions, sampleOnBoard } from "./on-board.ts";
import { type BoardPlan, boardPlan, isPlannable } from "./plan.ts";
import { type MeasuredLayer, type TopUp, topUpAt, topUpOf } from "./top-up.ts";
import type { PosteriorSamples } from "./types.ts";

export interface SamplerOptions {
  /** The devices' law; without it devices count as noiseless, and the whole posterior spread is added by the host. */
  readonly device?: DeviceModel | undefined;
  readonly seed: number;
  /** What was measured of each layer, in the order of `map.layers`. */
  readonly measured?: readonly MeasuredLayer[] | undefined;
  /** Time since programming, for the devices' read noise. */
  readonly age?: Seconds;
  /**
   * Where layers are computed: `host` reads each layer out by itself; `board` has the board run the whole network; `auto`
   * does that where board and network can, and falls back where not.
   */
  readonly layers?: "auto" | "host" | "board" | undefined;
}
export interface SampleOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Number of the first item in its run. The same seed and number give the same draws. */
  readonly firstItem?: number;
}
export interface PosteriorSampler {
  /** `samples` posterior samples of each image; `images` are items × inputs, normalised. */
  sample(images: Float32Array, samples: number, options?: SampleOptions): Promise<PosteriorSamples>;
}

type Counts = { -readonly [K in "readOuts" | "saturated" | "clipped" | "drawn" | "short"]: number };

interface Line {
  readonly board: CrossbarBoard;
  /** The network as the board runs it by itself; undefined where the host goes layer by layer. */
  plan: BoardPlan | undefined;
  readonly network: Network;
  readonly layers: readonly MappedLayer[];
  readonly topUps: readonly TopUp[];
  readonly seed: number;
  readonly mayFallBack: boolean;
}
interface Batch {
  readonly items: number;
  readonly samples: number;
  readonly firstItem: number;
  readonly signal: AbortSignal | undefined;
}

/** One weight layer of a batch: read on the board, averaged, topped up. Items × samples × outputs × patches. */
async function runLayer(
  line: Line,
  k: number,
  vectors: Float32Array,
  batch: Batch & LayerNumbers & { item: number },
  counts: Counts,
): Promise<Float32Array> {
  const stage = line.network.stages[k]!;
  const layer = line.layers[k]!;
  const { items, samples, firstItem, signal } = batch;
  const shared = k === 0;
  const groups = shared ? samples : 1;
  const reading = {
    repeats: groups * layer.average,
    firstSample: batch.base + batch.item * batch.perItem,
    stride: batch.stride,
    signal,
  };
  const read = await readLayer(line.board, layer, vectors, reading);
  const { std, short } = topUpAt(line.topUps[k]!, read.driven);
  counts.readOuts += read.readOuts;
  counts.saturated += read.saturated;
  counts.clipped += read.clipped;
  counts.drawn += items * samples * stage.patches * stage.outputs;
  counts.short += short * groups;
  const drawn = {
    stage,
    items,
    samples,
    shared,
    firstItem,
    means: read.outputs,
    groups,
    average: layer.average,
    std,
  };
  return drawOutputs({ ...drawn, bias: stage.layer.bias?.mean }, { seed: line.seed, stream: streams.topUp });
}

async function runBatch(
  line: Line,
  images: Float32Array,
  batch: Batch,
  counts: Counts,
): Promise<Float32Array> {
  const { layers, period } = numberingOf(
    line.network.stages,
    line.layers,
    line.board.descriptor,
    batch.samples,
  );
  const item = batch.firstItem % period;
  let values = images;
  for (const [k, stage] of line.network.stages.entries()) {
    values = await runLayer(line, k, vectorsOf(stage, values), { ...batch, ...layers[k]!, item }, counts);
  }
  return through(line.network.tail, values);
}

/** Brings the board to rest and tells that it was asked for, where that is why `error` came; `error` itself otherwise. */
async function cancelled(
  board: CrossbarBoard,
  signal: AbortSignal | undefined,
  error: unknown,
): Promise<unknown> {
  if (!signal?.aborted) return error;
  await board.idle();
  return new MhoError("CANCELLED", { doing: "reading out" }, { cause: error });
}

async function sampleAll(
  line: Line,
  images: Float32Array,
  samples: number,
  options: SampleOptions,
): Promise<PosteriorSamples> {
  const { signal, onProgress, firstItem = 0 } = options;
  const { stages, inputs: size, outputs } = line.network;
  const items = itemsIn("the input", images, size);
  requireSamples(samples);
  const { period } = numberingOf(stages, line.layers, line.board.descriptor, samples);
  const onBoard = await tryOnBoard(line, images, { samples, seed: line.seed, firstItem, signal, onProgress });
  if (onBoard) return onBoard;
  const counts: Counts = { readOuts: 0, saturated: 0, clipped: 0, drawn: 0, short: 0 };
  const values = new Float32Array(items * samples * outputs);
  try {
    for (const { start, count } of batches(line.network, line.layers, {
      items,
      samples,
      firstItem,
      period,
    })) {
      signal?.throwIfAborted();
      const batch = { items: count, samples, firstItem: firstItem + start, signal };
      values.set(
        await runBatch(line, images.subarray(start * size, (start + count) * size), batch, counts),
        start * samples * outputs,
      );
      onProgress?.(start + count, items);
    }
  } catch (error) {
    throw await cancelled(line.board, signal, error);
  }
  return { items, samples, outputs, values, ...counts };
}

/** Samples of a board that runs the network by itself; nothing, from now on, where it turns out to have no room for that. */
async function tryOnBoard(
  line: Line,
  images: Float32Array,
  options: OnBoardOptions,
): Promise<PosteriorSamples | undefined> {
  if (line.plan === undefined) return undefined;
  try {
    return await sampleOnBoard(line.board, line, line.plan, images, options);
  } catch (error) {
    if (!line.mayFallBack || !isMhoError(error, "CAPABILITY_MISSING"))
      throw await cancelled(line.board, options.signal, error);
    line.plan = undefined;
    return undefined;
  }
}

/**
 * Posterior samples from a board that holds the map: at each layer the mean of n read-outs, plus just as much Gaussian
 * noise of the host's as brings the variance of each output to what the posterior asks for at that input. Rule and error:
 * docs/posterior.md. The same seed gives the same samples on the same simulated board, through any link and in any batches.
 * Errors: MAP_FOR_OTHER_BOARD at once; when asked for samples SHAPE_MISMATCH, NOT_A_QUANTITY (an input that is not finite),
 * OPTION_INVALID, CANCELLED and what the board rejects with.
 */
export function posteriorSampler(
  map: ConductanceMap,
  board: CrossbarBoard,
  options: SamplerOptions,
): PosteriorSampler {
  const { device, seed, measured, age = usualAge, layers = "auto" } = options;
  requireSameBoard(map, board.descriptor);
  const network = networkOf(map.model);
  const source = { board: map.board, device, age };
  const topUps = map.layers.map((layer, k) => topUpOf(network.stages[k]!, layer, source, measured?.[k]));
  const able = board.descriptor.capabilities.includes("forward") && isPlannable(network);
  if (layers === "board" && !able)
    throw new MhoError("CAPABILITY_MISSING", { what: "run this network by itself" });
  const plan =
    able && layers !== "host" ? boardPlan(network, map.layers, topUps, board.descriptor) : undefined;
  const mayFallBack = layers === "auto";
  const line: Line = { board, network, layers: map.layers, topUps, seed, plan, mayFallBack };
  return { sample: (images, samples, sampling = {}) => sampleAll(line, images, samples, sampling) };
}
