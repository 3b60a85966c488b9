import { adcLsb } from "./noise.ts";
import { product } from "./propagate.ts";
import type { Block, MappedBoard, MappedLayer, WeightCode } from "./types.ts";

/** Input full scale: this quantile of the probes' |input|, … */
export const inputQuantile = 0.9999;
/** … times this, for inputs beyond the probes; also for column currents. */
export const headroom = 1.1;
/** Most of the probes' column currents that may lie beyond the ADC's range. */
export const saturationRate = 1e-4;

/** Largest code a row may be driven at: within the DAC on both sides of zero, where it has two, and the voltage limit. */
export function topCode({ dac }: Pick<MappedBoard, "dac">, readVoltage: number): number {
  const side = dac.min < 0 ? Math.min(dac.max, -dac.min) : dac.max;
  // Scales travel in single precision: the top code's voltage may lie a rounding above the limit.
  return Math.min(side, Math.floor((readVoltage / dac.lsb) * (1 + 1e-6)));
}

/** Activation units a DAC code: the probes' full scale over the top code. All-zero inputs get full scale 1. */
export function inputScale(vectors: Float32Array, top: number): { inputLsb: number; signed: boolean } {
  const sizes = vectors.map(Math.abs).sort();
  const at = Math.min(sizes.length - 1, Math.ceil(inputQuantile * sizes.length) - 1);
  const fullScale = (sizes[Math.max(0, at)] || sizes.at(-1) || 1) * headroom;
  return { inputLsb: fullScale / top, signed: vectors.some((value) => value < 0) };
}

/** Inputs as the board drives them. */
export interface DrivenInputs {
  readonly codes: Int16Array;
  /** The same in activation units: code · inputLsb. */
  readonly driven: Float32Array;
  /** How many were cut at the converter's range. */
  readonly clipped: number;
}

/** Inputs rounded to DAC codes and cut at ± the top code; at 0 where they were never negative when the map was made. */
export function quantised(
  inputs: Float32Array,
  { inputLsb, signed }: Pick<MappedLayer, "inputLsb" | "signed">,
  top: number,
): DrivenInputs {
  const codes = new Int16Array(inputs.length);
  const driven = new Float32Array(inputs.length);
  const gain = 1 / inputLsb;
  const bottom = signed ? -top : 0;
  let clipped = 0;
  for (let i = 0; i < codes.length; i++) {
    let code = Math.round(inputs[i]! * gain);
    if (code > top || code < bottom) {
      code = code > top ? top : bottom;
      clipped++;
    }
    codes[i] = code;
    driven[i] = code * inputLsb;
  }
  return { codes, driven, clipped };
}

/** |column current| of each probe and column of a block, in amperes, over inputs × outputs × devices `targets`. */
function blockCurrents(
  block: Block,
  layer: { inputs: number; outputs: number; code: WeightCode; targets: Float32Array },
  volts: Float32Array,
): Float32Array {
  const { rows, cols } = block.area;
  const devices = layer.code.signs.length;
  const count = volts.length / layer.inputs;
  const cells = new Float32Array(rows * cols);
  const drive = new Float32Array(count * rows);
  for (let i = 0; i < rows; i++) {
    const from = ((block.input + i) * layer.outputs + block.output) * devices;
    cells.set(layer.targets.subarray(from, from + cols), i * cols);
  }
  for (let v = 0; v < count; v++) {
    const from = v * layer.inputs + block.input;
    drive.set(volts.subarray(from, from + rows), v * rows);
  }
  return product(drive, cells, rows).map(Math.abs);
}

/**
 * The smallest ADC range beyond which at most `saturationRate` of the probes' column currents (with headroom) lie; the
 * largest range where none holds. Frozen in the map: a range that followed the input would make codes of one layer
 * incomparable, and constant scales bear noise better (papers.md §9).
 */
export function rangeFor(
  layer: Pick<MappedLayer, "inputs" | "outputs" | "code" | "targets" | "blocks">,
  board: MappedBoard,
  volts: Float32Array,
): number {
  const order = board.adc.ranges
    .map((_, range) => range)
    .sort((a, b) => board.adc.ranges[a]! - board.adc.ranges[b]!);
  const currents = layer.blocks.map((block) => blockCurrents(block, layer, volts));
  const total = currents.reduce((sum, block) => sum + block.length, 0);
  const beyond = (range: number): number => {
    const top = (board.adc.ranges[range]! - adcLsb(board, range)) / headroom;
    return currents.reduce(
      (sum, block) => sum + block.reduce((over, current) => over + (current > top ? 1 : 0), 0),
      0,
    );
  };
  return order.find((range) => beyond(range) <= saturationRate * total) ?? order.at(-1)!;
}
