import {
  type Crossbar,
  type CrossbarSolution,
  factorCrossbar,
  type LineResistance,
  randomStream,
  type SolveOptions,
  solveCrossbar,
} from "../../calibration/index.ts";
import { ohms } from "../../firmware-protocol/index.ts";

export const linesOf = (wordLine: number, bitLine: number, driver = 0, sense = 0): LineResistance => ({
  wordLine: ohms(wordLine),
  bitLine: ohms(bitLine),
  driver: ohms(driver),
  sense: ohms(sense),
});

export const solve = (
  crossbar: Crossbar,
  conductances: Float64Array,
  voltages: Float64Array,
  options?: SolveOptions,
): CrossbarSolution => solveCrossbar(factorCrossbar(conductances, crossbar), voltages, options);

/** Largest difference over the largest magnitude of `wanted`. */
export function relativeError(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [difference, largest] = [0, 0];
  for (let at = 0; at < wanted.length; at++) {
    difference = Math.max(difference, Math.abs(found[at]! - wanted[at]!));
    largest = Math.max(largest, Math.abs(wanted[at]!));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** Devices of 1 … 100 µS, some of them open or stuck at 10 mS where `faults` asks for it; rows at 0 … 0.2 V. */
export function drawn(rows: number, cols: number, seed: number, faults = 0) {
  const chance = randomStream(seed, 99);
  const device = (): number => {
    const u = chance.uniform();
    if (u < faults) return u < faults / 2 ? 0 : 1e-2;
    return (1 + 99 * chance.uniform()) * 1e-6;
  };
  return {
    conductances: Float64Array.from({ length: rows * cols }, device),
    voltages: Float64Array.from({ length: rows }, () => 0.2 * chance.uniform()),
  };
}

/**
 * Kirchhoff's current law at all 2 · rows · cols nodes, by Gaussian elimination with pivoting: the equations as they stand,
 * none of the solver's steps. Resistances above 0. Gives column currents and the voltage across each device.
 */
export function nodal({ rows, cols, lines }: Crossbar, conductances: Float64Array, voltages: Float64Array) {
  const cells = rows * cols;
  const a = Array.from({ length: 2 * cells }, () => new Float64Array(2 * cells + 1));
  const join = (p: number, q: number, g: number): void => {
    a[p]![p]! += g;
    a[q]![q]! += g;
    a[p]![q]! -= g;
    a[q]![p]! -= g;
  };
  for (let at = 0; at < cells; at++) {
    const [i, j] = [Math.floor(at / cols), at % cols];
    join(at, cells + at, conductances[at]!);
    if (j + 1 < cols) join(at, at + 1, 1 / lines.wordLine);
    if (i + 1 < rows) join(cells + at, cells + at + cols, 1 / lines.bitLine);
    if (j === 0) {
      a[at]![at]! += 1 / (lines.wordLine + lines.driver);
      a[at]![2 * cells]! += voltages[i]! / (lines.wordLine + lines.driver);
    }
    if (i + 1 === rows) a[cells + at]![cells + at]! += 1 / (lines.bitLine + lines.sense);
  }
  const v = eliminated(a);
  const last = 2 * cells - cols;
  return {
    currents: Array.from({ length: cols }, (_, j) => v[last + j]! / (lines.bitLine + lines.sense)),
    across: Array.from({ length: cells }, (_, at) => v[at]! - v[cells + at]!),
  };
}

function eliminated(a: Float64Array[]): Float64Array {
  const n = a.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    for (let i = k + 1; i < n; i++) {
      const share = a[i]![k]! / a[k]![k]!;
      if (share !== 0) for (let j = k; j <= n; j++) a[i]![j]! -= share * a[k]![j]!;
    }
  }
  const v = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    let sum = a[k]![n]!;
    for (let j = k + 1; j < n; j++) sum -= a[k]![j]! * v[j]!;
    v[k] = sum / a[k]![k]!;
  }
  return v;
}
