import type { DeviceModel } from "#calibration";
import { type Descriptor, type Seconds, type Siemens, seconds, siemens } from "#protocol";
import { budgetOf } from "./budget.ts";
import { encodeWeight, gammas, type Window } from "./code.ts";
import { phasesOf } from "./noise.ts";
import { inputScale, quantised, rangeFor, topCode } from "./scales.ts";
import type { Stage } from "./stages.ts";
import type { Block, MappedBoard, MappedLayer, WeightCode } from "./types.ts";

/** Read noise is reckoned a minute after programming unless said: the laws we know grow with the logarithm of time. */
export const usualAge = seconds(60);

/** See ConductanceMap.tolerance; 1 % of the window where nothing is known of the devices. */
export function toleranceFor(
  targets: readonly Float32Array[],
  { conductance }: Descriptor,
  device: DeviceModel | undefined,
): Siemens {
  if (device === undefined) return siemens((conductance.max - conductance.min) / 100);
  const errors = targets.map((layer) => layer.map((g) => device.programmingSigma(siemens(g))));
  const sorted = errors.map((layer) => layer.sort()[layer.length >> 1] ?? 0).sort((a, b) => a - b);
  return siemens(Math.max(2 * conductance.lsb, (sorted[sorted.length >> 1] ?? 0) / 2));
}

export const boardOf = ({ uid, profile, tiles, rows, cols, dac, adc }: Descriptor): MappedBoard => ({
  uid,
  profile,
  tiles,
  rows,
  cols,
  dac,
  adc,
});

/** What the board may be asked for and the device law covers. */
export function windowOf({ conductance: { min, max } }: Descriptor, device: DeviceModel | undefined): Window {
  return device === undefined
    ? { min, max }
    : { min: Math.max(min, device.window.min), max: Math.min(max, device.window.max) };
}

/** What a layer's scales are frozen under. */
export interface Conditions {
  readonly descriptor: Descriptor;
  /** Input vectors that reach the layer, count × inputs. */
  readonly vectors: Float32Array;
  readonly device?: DeviceModel | undefined;
  readonly age?: Seconds | undefined;
}

/** Targets of a layer, inputs × outputs × devices, the γ they stand for, and the share of weights cut at the window. */
export function encodeLayer(
  stage: Stage,
  code: WeightCode,
  window: Window,
): Pick<MappedLayer, "targets" | "gamma"> & { clipped: number } {
  const { inputs, outputs, layer } = stage;
  const devices = code.signs.length;
  const gamma = gammas(code, window, layer.weight.mean, outputs);
  const targets = new Float32Array(inputs * outputs * devices);
  let cut = 0;
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < outputs; j++) {
      const wanted = gamma[j]! * layer.weight.mean[j * inputs + i]!;
      if (encodeWeight(code, window, wanted, targets, (i * outputs + j) * devices)) cut++;
    }
  }
  return { targets, gamma, clipped: cut / (inputs * outputs) };
}

/** What two phases drive: the positive parts of all vectors, then their negative parts' sizes. */
function phases(volts: Float32Array): Float32Array {
  const out = new Float32Array(2 * volts.length);
  for (let i = 0; i < volts.length; i++) out[volts[i]! >= 0 ? i : volts.length + i] = Math.abs(volts[i]!);
  return out;
}

/** A layer whose targets and places are known, with every scale frozen from the vectors that reach it. */
export function scaledLayer(
  stage: Stage,
  placed: {
    code: WeightCode;
    blocks: readonly Block[];
    targets: Float32Array;
    gamma: Float32Array;
    clipped: number;
  },
  { descriptor, vectors, device, age = usualAge }: Conditions,
): MappedLayer {
  const board = boardOf(descriptor);
  const { clipped, ...place } = placed;
  const top = topCode(board, descriptor.limits.readVoltage);
  const { inputLsb, signed } = inputScale(vectors, top);
  const { codes, driven } = quantised(vectors, { inputLsb, signed }, top);
  const shape = { layer: stage.index, inputs: stage.inputs, outputs: stage.outputs };
  const volts = Float32Array.from(codes, (code) => code * board.dac.lsb);
  const range = rangeFor(
    { ...shape, ...place },
    board,
    phasesOf({ signed }, board) === 2 ? phases(volts) : volts,
  );
  const scaled = { ...shape, ...place, inputLsb, signed, range };
  return { ...scaled, ...budgetOf({ stage, layer: scaled, board, vectors: driven, clipped }, device, age) };
}
