import { gemm, squared } from "#calibration";
import type { Gaussians } from "../model/index.ts";
import { type Chance, drawOutputs } from "./local-reparameterisation.ts";
import { type Network, type Stage, through, vectorsOf } from "./stages.ts";

/** Outputs × inputs → inputs × outputs, each value through `f`. */
function turned(values: Float32Array, outputs: number, f: (value: number) => number): Float32Array {
  const inputs = values.length / outputs;
  const out = new Float32Array(values.length);
  for (let j = 0; j < outputs; j++)
    for (let i = 0; i < inputs; i++) out[i * outputs + j] = f(values[j * inputs + i]!);
  return out;
}

/** Weight means of a layer as inputs × outputs. */
export const meansOf = (weight: Gaussians, outputs: number): Float32Array =>
  turned(weight.mean, outputs, (mean) => mean);
/** Weight variances of a layer as inputs × outputs. */
export const variancesOf = (weight: Gaussians, outputs: number): Float32Array =>
  turned(weight.std, outputs, (std) => std * std);

/** `vectors` (count × inputs) · `matrix` (inputs × outputs) → count × outputs. */
export function product(vectors: Float32Array, matrix: Float32Array, inputs: number): Float32Array {
  const count = vectors.length / inputs;
  const outputs = matrix.length / inputs;
  const out = new Float32Array(count * outputs);
  gemm(vectors, matrix, out, count, inputs, outputs);
  return out;
}

/** √(Σᵢ xᵢ² σᵢⱼ² + σ²_bⱼ) at each vector, vectors × outputs. */
function stdsAt(stage: Stage, vectors: Float32Array): Float32Array {
  const { layer, inputs, outputs } = stage;
  const std = product(squared(vectors), variancesOf(layer.weight, outputs), inputs);
  for (let i = 0; i < std.length; i++) std[i] = Math.sqrt(std[i]! + (layer.bias?.std[i % outputs] ?? 0) ** 2);
  return std;
}

export interface Propagation extends Chance {
  readonly samples: number;
  readonly firstItem?: number;
  /** Sees the input vectors of each weight layer as they come. */
  readonly visit?: (stage: Stage, vectors: Float32Array) => void;
}

/**
 * Posterior samples of the network in floating point, without a board: items × samples × outputs. `images` are items ×
 * inputs, normalised. Weights are drawn anew for each item, sample and patch: see `drawOutputs`.
 */
export function propagate(
  network: Network,
  images: Float32Array,
  items: number,
  options: Propagation,
): Float32Array {
  const { samples, firstItem = 0, visit } = options;
  let values = images;
  network.stages.forEach((stage, k) => {
    const vectors = vectorsOf(stage, values);
    visit?.(stage, vectors);
    const means = product(vectors, meansOf(stage.layer.weight, stage.outputs), stage.inputs);
    const drawn = { stage, items, samples, shared: k === 0, firstItem, means, groups: 1, average: 1 };
    values = drawOutputs({ ...drawn, std: stdsAt(stage, vectors), bias: stage.layer.bias?.mean }, options);
  });
  return through(network.tail, values);
}
