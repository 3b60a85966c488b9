import { type DeviceModel, squared } from "#calibration";
import { type Seconds, siemens } from "#protocol";
import { product } from "./propagate.ts";
import type { MappedBoard, MappedLayer } from "./types.ts";

/** The parts of a mapped layer that its read-out noise depends on. */
export type NoisyLayer = Pick<
  MappedLayer,
  "inputs" | "outputs" | "code" | "gamma" | "blocks" | "inputLsb" | "range" | "signed" | "targets"
>;

/** Sum over a weight's devices of `f` at their conductance, over γ²: inputs × outputs, in weight units squared. */
function overDevices(layer: NoisyLayer, conductances: Float32Array, f: (g: number) => number): Float32Array {
  const { outputs, gamma, code } = layer;
  const devices = code.signs.length;
  const out = new Float32Array(conductances.length / devices);
  for (let weight = 0; weight < out.length; weight++) {
    let sum = 0;
    for (let k = 0; k < devices; k++) sum += f(conductances[weight * devices + k]!);
    out[weight] = sum / gamma[weight % outputs]! ** 2;
  }
  return out;
}

/**
 * Variance of each weight in one read-out: Σₖ σ²_read(Gₖ) / γⱼ², inputs × outputs, from the device law at `age` seconds
 * after programming. `conductances` are the measured ones where there are any, else the targets.
 */
export function readVariance(
  layer: NoisyLayer,
  device: DeviceModel,
  age: Seconds,
  conductances = layer.targets,
): Float32Array {
  if (device.noiseLaw === "none") return new Float32Array(conductances.length / layer.code.signs.length);
  return overDevices(layer, conductances, (g) => device.readSigma(siemens(g), age) ** 2);
}

/**
 * Variance of each weight about its target that all read-outs share: Σₖ (σ²_prog(Gₖ) + σ²_persistent(Gₖ)) / γⱼ². Frozen, so
 * it moves means instead of widening samples. The mean shift of relaxation is left out: the devices of a pair share it.
 */
export const programmingVariance = (layer: NoisyLayer, device: DeviceModel, age: Seconds): Float32Array =>
  overDevices(
    layer,
    layer.targets,
    (g) => device.programmingSigma(siemens(g)) ** 2 + device.persistentSigma(siemens(g), age) ** 2,
  );

/** A board that cannot drive below 0 V reads signed inputs twice, x⁺ and x⁻. */
export const phasesOf = (layer: Pick<MappedLayer, "signed">, board: Pick<MappedBoard, "dac">): 1 | 2 =>
  layer.signed && board.dac.min >= 0 ? 2 : 1;

/** Amperes of one ADC code in range `range`. */
export const adcLsb = ({ adc }: Pick<MappedBoard, "adc">, range: number): number =>
  adc.ranges[range]! / 2 ** (adc.bits - 1);

/** Output units an ampere of an output's combined current: inputLsb / (V_lsb · γⱼ). */
export const unitsPerAmp = (
  layer: Pick<MappedLayer, "inputLsb" | "gamma">,
  { dac }: Pick<MappedBoard, "dac">,
): Float64Array => Float64Array.from(layer.gamma, (gamma) => layer.inputLsb / (dac.lsb * gamma));

/**
 * Variance that rounding in the ADC adds to each output of one read-out: lsb²/12 for each conversion that the output is the
 * sum of (row blocks × devices × phases). Holds where the noise before the converter is at least half a code; below that the
 * error is frozen, no larger in mean square (Widrow, Kollár & Liu 1996).
 */
export function conversionVariance(layer: NoisyLayer, board: MappedBoard): Float64Array {
  const conversions = new Float64Array(layer.outputs);
  const devices = layer.code.signs.length;
  for (const { output, area } of layer.blocks) {
    for (let j = output; j < output + area.cols / devices; j++)
      conversions[j]! += devices * phasesOf(layer, board);
  }
  const lsb = adcLsb(board, layer.range);
  return unitsPerAmp(layer, board).map((units, j) => ((units * lsb) ** 2 * conversions[j]!) / 12);
}

/** Σᵢ xᵢ² variance_ij + constantⱼ at each vector, vectors × outputs. */
export function varianceAt(
  vectors: Float32Array,
  variance: Float32Array,
  constant: ArrayLike<number>,
): Float32Array {
  const outputs = constant.length;
  const out = product(squared(vectors), variance, variance.length / outputs);
  for (let i = 0; i < out.length; i++) out[i]! += constant[i % outputs]!;
  return out;
}
