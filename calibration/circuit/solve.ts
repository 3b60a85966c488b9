import { inAmps, inVolts, MhoError, type Quantities } from "#protocol";
import { vectorsIn } from "./crossbar.ts";
import type { CrossbarFactor } from "./factor.ts";
import { ascend, descend, type Iterate, launch } from "./sweeps.ts";

export interface SolveOptions {
  /** Largest error of any current over the largest current of its vector; 1e-12 … 0.1, by default 1e-6. */
  readonly tolerance?: number;
  /** Word-line voltages to start from, vectors × rows × cols: `potentials` of an earlier solution. */
  readonly start?: Float64Array;
  /** Whether to give `potentials`. */
  readonly keep?: boolean;
}

export interface CrossbarSolution {
  /** Into ground at the end of each bit line, vectors × cols. */
  readonly currents: Quantities<"A">;
  /** Word-line node voltages, vectors × rows × cols; only with `keep`. */
  readonly potentials: Quantities<"V"> | undefined;
  /** Steps of conjugate gradients, all vectors together. */
  readonly iterations: number;
  /** Estimate of the largest error over the largest current. */
  readonly error: number;
}

/**
 * Currents of the columns of a crossbar whose lines have resistance, for each of a batch of row voltages
 * (vectors × rows, volts).
 *
 *   S u = b,  S = A − G B⁻¹ G      A, B: nodal matrices of word and bit lines, G: devices, u: word-line voltages
 *
 * The bit lines are eliminated exactly; conjugate gradients on the word lines, preconditioned by S's own tridiagonal
 * rows, in the form with one reduction a step (Chronopoulos & Gear 1989). The error of column j obeys
 * |δI_j| ≤ √(Y_j · eᵀSe), Y_j its conductance seen from the sense end (Cauchy–Schwarz); eᵀSe is estimated from the last
 * step and its rate (Hestenes & Stiefel 1952), and one more preconditioned step is taken than was counted on.
 * Errors: CIRCUIT_INVALID, OPTION_INVALID, CIRCUIT_UNSOLVED.
 */
export function solveCrossbar(
  factor: CrossbarFactor,
  voltages: Float64Array | Float32Array,
  { tolerance = 1e-6, start, keep = false }: SolveOptions = {},
): CrossbarSolution {
  const { rows, cols } = factor;
  const vectors = vectorsIn(factor, voltages);
  checkOptions(factor, vectors, { tolerance, start });
  const currents = inAmps(new Float64Array(vectors * cols));
  const potentials = keep ? inVolts(new Float64Array(vectors * rows * cols)) : undefined;
  const iterate = iterateOf(factor);
  let [iterations, error] = [0, factor.digits];
  for (let k = 0; k < vectors; k++) {
    const volts = Float64Array.from(voltages.subarray(k * rows, (k + 1) * rows));
    const nodes = [k * rows * cols, (k + 1) * rows * cols] as const;
    launch(factor, iterate, volts, start?.subarray(...nodes));
    const done = conjugateGradients(factor, iterate, {
      tolerance,
      currents: currents.subarray(k * cols, (k + 1) * cols),
      potentials: potentials?.subarray(...nodes),
    });
    iterations += done.iterations;
    error = Math.max(error, done.error);
  }
  return { currents, potentials, iterations, error };
}

/** Refuses what no solution can keep. */
function checkOptions(
  { rows, cols, digits }: CrossbarFactor,
  vectors: number,
  { tolerance, start }: { readonly tolerance: number; readonly start?: Float64Array | undefined },
): void {
  if (!(tolerance >= 1e-12 && tolerance <= 0.1))
    throw new MhoError("OPTION_INVALID", {
      option: "tolerance",
      value: tolerance,
      why: "it must lie in 1e-12 … 0.1",
    });
  if (start !== undefined && start.length !== vectors * rows * cols)
    throw new MhoError("CIRCUIT_INVALID", {
      why: `start holds ${start.length} voltages for ${vectors} × ${rows} × ${cols} nodes`,
    });
  if (!(digits <= tolerance)) throw new MhoError("CIRCUIT_UNSOLVED", { error: digits, steps: 0, tolerance });
}

function iterateOf({ cols, scratch }: CrossbarFactor): Iterate {
  const [r, z, p, s, q] = scratch;
  return { r, z, p, s, q, columns: new Float64Array(cols), row: new Float64Array(cols) };
}

interface Goal {
  readonly tolerance: number;
  /** Receive the solution. */
  readonly currents: Float64Array;
  readonly potentials: Float64Array | undefined;
}

/** Far above what the worst circuits take: 130 for 100 × 90 shorted devices on lines of 1 kΩ a segment. */
const mostSteps = 2000;

/** Steps until the currents hold, from a launched iterate. */
function conjugateGradients(
  f: CrossbarFactor,
  v: Iterate,
  { tolerance, currents, potentials }: Goal,
): { readonly iterations: number; readonly error: number } {
  const widest = Math.sqrt(f.columnConductance.reduce((a, b) => Math.max(a, b), 0));
  const along = new Float64Array(currents.length);
  let [alpha, beta, step, error] = [1, 0, 0, Number.POSITIVE_INFINITY];
  add(currents, 1, v.columns);
  if (potentials) add(potentials, 1, v.z);
  let energy = ascend(f, v, 1, 0);
  while (energy !== 0 && !(error <= tolerance)) {
    // Not a number, or below 0, where the parts of a sum differ by more than the digits of a double.
    if (step === mostSteps || !(energy > 0))
      throw new MhoError("CIRCUIT_UNSOLVED", { error, steps: step, tolerance });
    const curvature = descend(f, v, v.r);
    alpha = energy / (curvature - (beta * energy) / alpha);
    for (let j = 0; j < along.length; j++) along[j] = v.columns[j]! + beta * along[j]!;
    add(currents, alpha, along);
    const left = ascend(f, v, alpha, beta);
    if (potentials) add(potentials, alpha, v.p);
    const rate = Math.max(beta, left / energy);
    beta = left / energy;
    energy = left;
    step++;
    const largest = currents.reduce((most, current) => Math.max(most, Math.abs(current)), 0);
    error =
      rate < 1 ? (widest * Math.sqrt((alpha * energy) / (1 - rate))) / largest : Number.POSITIVE_INFINITY;
  }
  add(currents, 1, v.columns);
  if (potentials) add(potentials, 1, v.z);
  return { iterations: step, error: energy === 0 ? 0 : error };
}

function add(to: Float64Array, factor: number, what: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at] = to[at]! + factor * what[at]!;
}
