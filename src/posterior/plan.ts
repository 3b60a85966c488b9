import type { Descriptor, ForwardPlan, PlanLayer } from "#protocol";
import {
  adcLsb,
  type MappedLayer,
  type Network,
  phasesOf,
  type Stage,
  topCode,
  unitsPerAmp,
} from "../mapping/index.ts";
import type { TopUp } from "./top-up.ts";

/** Bits of an output code, of which each output has its own worth: finer than the converters' codes that it is made from. */
const outputBits = 16;
/** Output codes hold all that the converters can give and so many standard deviations of the noise that is added. */
const spreads = 6;

/** A network that a board can run by itself, and what one code of each of its outputs is worth. */
export interface BoardPlan {
  readonly plan: ForwardPlan;
  readonly outputLsb: Float64Array;
}

/** Whether a board could run this network by itself: dense layers with nothing but ReLU between and nothing behind them. */
export function isPlannable({ stages, tail }: Network): boolean {
  const plain = ({ layer, before }: Stage, k: number): boolean =>
    layer.type === "dense" &&
    before.every((step) =>
      k === 0
        ? step.layer.type === "flatten"
        : step.layer.type !== "maxpool" && step.layer.type !== "avgpool",
    );
  return stages.every(plain) && tail.length === 0;
}

/** One unit of output j of a layer in codes of what follows. */
type UnitOf = (j: number) => number;

/**
 * The plan by which a board computes what `posteriorSampler` computes layer by layer: the same products, averages, top-up and
 * rounding of activations, folded into one scale an output (`PlanLayer`). Its outputs are rounded to `outputBits`; the
 * variance of that, 1/12, is taken off what is added.
 */
export function boardPlan(
  { stages }: Network,
  layers: readonly MappedLayer[],
  topUps: readonly TopUp[],
  board: Descriptor,
): BoardPlan {
  const last = layers.length - 1;
  const outputLsb = outputLsbOf(layers[last]!, stages[last]!, topUps[last]!, board);
  const unitOf = (k: number): UnitOf => {
    const next = layers[k + 1]?.inputLsb;
    return (j) => 1 / (next ?? outputLsb[j]!);
  };
  const made = layers.map((layer, k): PlanLayer => {
    const stage = stages[k]!;
    const next = layers[k + 1];
    const top = next ? topCode(board, board.limits.readVoltage) : 2 ** (outputBits - 1) - 1;
    return {
      ...numbersOf(layer, stage, topUps[k]!, { board, unit: unitOf(k), rounded: next === undefined }),
      inputs: layer.inputs,
      outputs: layer.outputs,
      range: layer.range,
      average: layer.average,
      signs: layer.code.signs,
      twoPhases: phasesOf(layer, board) === 2,
      relu: stages[k + 1]?.before.some((step) => step.layer.type === "relu") ?? false,
      low: next === undefined ? -top - 1 : next.signed ? -top : 0,
      high: top,
      blocks: layer.blocks.map(({ area, input, output }) => ({ ...area, input, output })),
    };
  });
  return { plan: { outputBits, layers: made }, outputLsb };
}

/**
 * Output units an output code, for each output: what all its converters give at full scale, its bias, and the noise that is
 * added when all inputs are at full scale still fit.
 */
function outputLsbOf(
  layer: MappedLayer,
  { layer: weights }: Stage,
  { constant, weights: topUps }: TopUp,
  board: Descriptor,
): Float64Array {
  const perAmp = unitsPerAmp(layer, board);
  const rows = new Set(layer.blocks.map(({ input }) => input)).size;
  const converters = rows * layer.code.signs.length * phasesOf(layer, board);
  const fullScale = board.adc.ranges[layer.range]! * converters;
  const input = topCode(board, board.limits.readVoltage) * layer.inputLsb;
  const added = Float64Array.from(constant);
  topUps.forEach((variance, at) => {
    added[at % layer.outputs]! += variance * input ** 2;
  });
  return added.map((variance, j) => {
    const spread = Math.sqrt(Math.max(0, variance, constant[j]!));
    const most = perAmp[j]! * fullScale + Math.abs(weights.bias?.mean[j] ?? 0) + spreads * spread;
    return most / 2 ** (outputBits - 1);
  });
}

type Numbers = Pick<PlanLayer, "scale" | "bias" | "offset" | "floor" | "topUp">;

function numbersOf(
  layer: MappedLayer,
  { layer: weights, outputs }: Stage,
  topUp: TopUp,
  { board, unit, rounded }: { board: Descriptor; unit: UnitOf; rounded: boolean },
): Numbers {
  const perCode = unitsPerAmp(layer, board).map((units) => units * adcLsb(board, layer.range));
  const { average, gamma, code, inputLsb } = layer;
  const each = (of: (j: number) => number): Float32Array =>
    Float32Array.from({ length: outputs }, (_, j) => of(j));
  return {
    scale: each((j) => (perCode[j]! * unit(j)) / average),
    bias: each((j) => (weights.bias?.mean[j] ?? 0) * unit(j)),
    offset: each((j) => (-code.offset * inputLsb * unit(j)) / gamma[j]!),
    floor: each((j) => topUp.constant[j]! * unit(j) ** 2 - (rounded ? 1 / 12 : 0)),
    topUp: codesOf(topUp.weights, outputs, (j) => (inputLsb * unit(j)) ** 2),
  };
}

/** Variances to add in 16 bits, one lsb an output; undefined where there are none. */
function codesOf(weights: Float32Array, outputs: number, factor: UnitOf): PlanLayer["topUp"] {
  const most = new Float32Array(outputs);
  weights.forEach((variance, at) => {
    most[at % outputs] = Math.max(most[at % outputs]!, Math.abs(variance));
  });
  if (most.every((variance) => variance === 0)) return undefined;
  const codes = Int16Array.from(weights, (variance, at) => {
    const full = most[at % outputs]!;
    return full === 0 ? 0 : Math.round((variance / full) * 0x7fff);
  });
  return { codes, lsb: most.map((variance, j) => (variance * factor(j)) / 0x7fff) };
}
