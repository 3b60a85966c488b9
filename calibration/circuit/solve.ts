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
  const currents = inAmps(new Float64Array(vectors * cols));
  const potentials = keep ? inVolts(new Float64Array(vectors * rows * cols)) : undefined;
  const iterate = iterateOf(factor);
  let [iterations, error] = [0, 0];
  for (let k = 0; k < vectors; k++) {
    const volts = Float64Array.from(voltages.subarray(k * rows, (k + 1) * rows));
    const cells = [k * rows * cols, (k + 1) * rows * cols] as const;
    launch(factor, iterate, volts, start?.subarray(...cells));
    const done = conjugateGradients(factor, iterate, {
      tolerance,
      out: currents.subarray(k * cols, (k + 1) * cols),
    });
    potentials?.subarray(...cells).set(iterate.u);
    iterations += done.iterations;
    error = Math.max(error, done.error);
  }
  return { currents, potentials, iterations, error };
}

function iterateOf({ cols, scratch }: CrossbarFactor): Iterate {
  const [r, z, p, s, q, u] = scratch as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { r, z, p, s, q, u, columns: new Float64Array(cols), row: new Float64Array(cols) };
}

const mostSteps = 2000;

interface Goal {
  readonly tolerance: number;
  /** Receives the currents. */
  readonly out: Float64Array;
}

/** Steps until the currents hold. On entry the iterate is launched; on return u is the solution. */
function conjugateGradients(
  f: CrossbarFactor,
  v: Iterate,
  { tolerance, out }: Goal,
): { iterations: number; error: number } {
  const widest = Math.sqrt(f.columnConductance.reduce((a, b) => Math.max(a, b), 0));
  out.set(v.columns);
  const along = new Float64Array(out.length);
  let [alpha, beta] = [1, 0];
  let energy = ascend(f, v, 1, 0);
  for (let step = 1; energy > 0; step++) {
    const curvature = descend(f, v, v.r);
    alpha = step === 1 ? energy / curvature : energy / (curvature - (beta * energy) / alpha);
    let largest = 0;
    for (let j = 0; j < out.length; j++) {
      along[j] = v.columns[j]! + beta * along[j]!;
      out[j] = out[j]! + alpha * along[j]!;
      largest = Math.max(largest, Math.abs(out[j]!));
    }
    const before = energy;
    energy = ascend(f, v, alpha, step === 1 ? 0 : beta);
    beta = energy / before;
    const bound = beta < 1 ? widest * Math.sqrt((alpha * energy) / (1 - beta)) : Number.POSITIVE_INFINITY;
    if (bound <= tolerance * largest) return { iterations: step, error: bound / largest };
    if (step === mostSteps)
      throw new MhoError("CIRCUIT_UNSOLVED", { error: bound / largest, steps: step, tolerance });
  }
  return { iterations: 0, error: 0 };
}
