import { siemens } from "#protocol";
import type { WeightCode } from "./types.ts";

/** Conductances a cell may be asked for, in siemens. */
export interface Window {
  readonly min: number;
  readonly max: number;
}

/** w = (G⁺ − G⁻) / γ, one-sided: the device that is not needed stands at the lower end of the window, which keeps currents, noise and programming error small (CrossSim's ONE_SIDED balanced core; physics.md §C3). */
export const differentialPair: WeightCode = { signs: [1, -1], offset: siemens(0) };

/** Most siemens that Σ signₖ·Gₖ − offset can reach upwards and downwards, both ≥ 0 for a code that can hold zero. */
function reach({ signs, offset }: WeightCode, { min, max }: Window): { up: number; down: number } {
  const plus = signs.filter((sign) => sign > 0).length;
  const minus = signs.length - plus;
  return { up: plus * max - minus * min - offset, down: minus * max - plus * min + offset };
}

/** Columns whose largest |µ| is below this share of the layer's are scaled as if it were this: γ stays finite. */
const smallestColumn = 1e-6;

/**
 * Siemens a weight unit for each output: γⱼ = window span over the largest |µ| of the output's weights, so that each
 * output fills its window. `mean` is outputs × inputs. An output whose means are all zero gets the γ of the smallest
 * column allowed, one of an all-zero layer that of |µ| = 1.
 */
export function gammas(code: WeightCode, window: Window, mean: Float32Array, outputs: number): Float32Array {
  const { up, down } = reach(code, window);
  const inputs = mean.length / outputs;
  const columns = Array.from({ length: outputs }, (_, j) => {
    const column = mean.subarray(j * inputs, (j + 1) * inputs);
    return column.reduce((most, w) => ({ up: Math.max(most.up, w), down: Math.max(most.down, -w) }), {
      up: 0,
      down: 0,
    });
  });
  const largest = columns.reduce((most, column) => Math.max(most, column.up, column.down), 0) || 1;
  const floor = largest * smallestColumn;
  return Float32Array.from(columns, (column) => {
    if (column.up < floor && column.down < floor) return Math.min(up, down) / largest;
    return Math.min(up / Math.max(column.up, floor), down / Math.max(column.down, floor));
  });
}

/**
 * Writes the targets of one weight, in siemens, to `targets` from `at`: the devices of the sign that is needed share the
 * excess over the window's lower end, the others stand there. Returns whether the weight was cut at the window.
 */
export function encodeWeight(
  code: WeightCode,
  window: Window,
  conductance: number,
  targets: Float32Array,
  at: number,
): boolean {
  const { signs } = code;
  let plus = 0;
  for (const sign of signs) if (sign > 0) plus++;
  const excess = conductance + code.offset - (2 * plus - signs.length) * window.min;
  const needed = excess >= 0 ? 1 : -1;
  const sharing = needed > 0 ? plus : signs.length - plus;
  const span = window.max - window.min;
  const share = sharing > 0 ? Math.abs(excess) / sharing : 0;
  for (let k = 0; k < signs.length; k++)
    targets[at + k] = window.min + (signs[k] === needed ? Math.min(share, span) : 0);
  return share > span * (1 + 1e-6) || (sharing === 0 && Math.abs(excess) > span * 1e-6);
}
