import { MhoError } from "#protocol";
import {
  type BayesianModel,
  flatten,
  im2col,
  isWeightLayer,
  type Layer,
  outputShape,
  pool,
  relu,
  sizeOf,
  type WeightLayer,
} from "../model/index.ts";

type DigitalLayer = Exclude<Layer, WeightLayer>;
/** A digital layer and the shape of one item before it. */
export interface DigitalStep {
  readonly layer: DigitalLayer;
  readonly shape: readonly number[];
}

/** One weight layer as a matrix product: `patches` vectors an item, each `inputs` long, give `outputs` values a vector. */
export interface Stage {
  /** Index in `model.layers`. */
  readonly index: number;
  readonly layer: WeightLayer;
  /** Digital layers between the weight layer before (or the input) and this one. */
  readonly before: readonly DigitalStep[];
  /** Shape of one item just before this layer. */
  readonly shape: readonly number[];
  readonly inputs: number;
  readonly outputs: number;
  readonly patches: number;
}

/** A model as the run sees it: weight layers with the digital layers between them. */
export interface Network {
  readonly stages: readonly Stage[];
  /** Digital layers behind the last weight layer. */
  readonly tail: readonly DigitalStep[];
  /** Values one item has at the input and at the end. */
  readonly inputs: number;
  readonly outputs: number;
}

function stageOf(
  index: number,
  layer: WeightLayer,
  before: readonly DigitalStep[],
  shape: readonly number[],
): Stage {
  if (layer.type === "dense") {
    return { index, layer, before, shape, inputs: layer.inputs, outputs: layer.outputs, patches: 1 };
  }
  const [, rows, cols] = outputShape(layer, shape) as [number, number, number];
  const inputs = layer.inChannels * layer.kernel * layer.kernel;
  return { index, layer, before, shape, inputs, outputs: layer.outChannels, patches: rows * cols };
}

/** Cuts a model at its weight layers. Errors: SHAPE_MISMATCH where a layer does not fit the one before. */
export function networkOf(model: BayesianModel): Network {
  const stages: Stage[] = [];
  let before: DigitalStep[] = [];
  let shape: readonly number[] = model.input.shape;
  model.layers.forEach((layer, index) => {
    const after = outputShape(layer, shape);
    if (isWeightLayer(layer)) {
      stages.push(stageOf(index, layer, before, shape));
      before = [];
    } else before.push({ layer, shape });
    shape = after;
  });
  if (stages.length === 0)
    throw new MhoError("SHAPE_MISMATCH", {
      what: "the model",
      found: "0 weight layers",
      wanted: "at least one",
    });
  return { stages, tail: before, inputs: sizeOf(model.input.shape), outputs: sizeOf(shape) };
}

function applied({ layer, shape }: DigitalStep, values: Float32Array): Float32Array {
  switch (layer.type) {
    case "relu":
      return relu(values);
    case "maxpool":
    case "avgpool":
      return pool(layer, shape, values);
    case "flatten":
      return flatten(values);
    default:
      return layer satisfies never;
  }
}

/** Values behind some digital layers; `values` itself stays as it is. */
export const through = (steps: readonly DigitalStep[], values: Float32Array): Float32Array =>
  steps.reduce((reached, step) => applied(step, reached), values);

/**
 * Items × features, as the weight layer before (or the input) leaves them → input vectors of this stage,
 * (items · patches) × inputs. Padding of a convolution is 0.
 */
export function vectorsOf(stage: Stage, values: Float32Array): Float32Array {
  const reached = through(stage.before, values);
  return stage.layer.type === "conv2d" ? im2col(stage.layer, stage.shape, reached) : reached;
}
