import { spawnSync } from "node:child_process";
import { type Crossbar, factorCrossbar, randomStream, solveCrossbar } from "#calibration";
import { ohms } from "#protocol";
import type { Rate } from "./measure.ts";
import { noRivals, unasked } from "./rivals.ts";
import { type Bench, type Row, row } from "./row.ts";

const tolerance = 1e-6;

interface Circuit {
  readonly crossbar: Crossbar;
  readonly conductances: Float64Array;
  readonly voltages: Float64Array;
}

/** n × n devices of 1 … 100 µS on lines of 1 Ω a segment, rows at 0 … 0.2 V. */
function circuit(n: number): Circuit {
  const chance = randomStream(1, 99, n);
  const lines = { wordLine: ohms(1), bitLine: ohms(1), driver: ohms(0), sense: ohms(0) };
  return {
    crossbar: { rows: n, cols: n, lines },
    conductances: Float64Array.from({ length: n * n }, () => (1 + 99 * chance.uniform()) * 1e-6),
    voltages: Float64Array.from({ length: n }, () => 0.2 * chance.uniform()),
  };
}

/** Processor time of one `work` in ms: the median of 7 runs of at least 0.1 s, other programs do not count. */
function cpuMs(work: () => unknown): Rate {
  const taken: number[] = [];
  for (let run = -1; run < 7; run++) {
    const start = process.cpuUsage();
    let [times, micros] = [0, 0];
    while (micros < 1e5) {
      work();
      times++;
      const { user, system } = process.cpuUsage(start);
      micros = user + system;
    }
    // The first run is for the compiler.
    if (run >= 0) taken.push(micros / 1e3 / times);
  }
  taken.sort((a, b) => a - b);
  return { value: taken[3]!, spread: (taken[5]! - taken[1]!) / taken[3]! };
}

/** The same circuit as 2 n² nodal equations in SciPy, factored by SuperLU in its symmetric mode: ms of both, and currents. */
const nodal = `
import json, sys, time
import numpy as np, scipy.sparse as sp
from scipy.sparse.linalg import splu
given = json.load(sys.stdin); n = given["n"]; g = np.array(given["g"]).reshape(n, n); v = np.array(given["v"])
line = sp.diags([-np.ones(n - 1), np.r_[2 * np.ones(n - 1), 1], -np.ones(n - 1)], [-1, 0, 1]).tocsr()
G = sp.diags(g.ravel()); word = sp.kron(sp.identity(n), line); bit = sp.kron(line[::-1, ::-1], sp.identity(n))
A = sp.bmat([[word + G, -G], [-G, bit + G]]).tocsc()
b = np.zeros(2 * n * n); b[: n * n : n] = v
def once():
  t = time.process_time()
  x = splu(A, permc_spec="MMD_AT_PLUS_A", options=dict(SymmetricMode=True), diag_pivot_thresh=0).solve(b)
  return time.process_time() - t, x
once(); taken, x = zip(*[once() for _ in range(5)]); taken = sorted(taken)
print(json.dumps({"value": 1e3 * taken[2], "spread": (taken[3] - taken[1]) / taken[2], "currents": list(x[0][-n:])}))
`;

interface Solved extends Rate {
  readonly currents: readonly number[];
}
function scipy({ crossbar, conductances, voltages }: Circuit): Solved | { readonly absent: string } {
  const input = JSON.stringify({ n: crossbar.rows, g: [...conductances], v: [...voltages] });
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const { status, stdout, stderr } = spawnSync("/usr/bin/python3", ["-c", nodal], {
    encoding: "utf8",
    ...{ input, env },
  });
  if (status === 0) return JSON.parse(stdout) as Solved;
  if (stderr && !stderr.includes("ModuleNotFoundError")) throw new Error(stderr);
  return { absent: "python3-scipy is not installed" };
}

/** Nothing is compared that differs: a ratio for another answer would be worthless. */
function agree(currents: Float64Array, rival: Solved): void {
  const largest = Math.max(...rival.currents);
  const error = Math.max(...rival.currents.map((wanted, j) => Math.abs(wanted - currents[j]!))) / largest;
  if (!(error <= tolerance)) throw new Error(`the currents differ from SciPy's by ${error} of the largest`);
}

const solving = (n: number, wanted: number): Bench => ({
  name: `solve-${n}`,
  does: `column currents of ${n}×${n} devices with line resistance, factor and solve, to 1e-6`,
  run: async (rivals): Promise<Row> => {
    const given = circuit(n);
    let factor = factorCrossbar(given.conductances, given.crossbar);
    const work = () => {
      factor = factorCrossbar(given.conductances, given.crossbar, factor);
      return solveCrossbar(factor, given.voltages, { tolerance }).currents;
    };
    const rate = cpuMs(work);
    const rival = rivals === noRivals ? unasked : scipy(given);
    if ("currents" in rival) agree(work(), rival as Solved);
    return row({
      ...{ name: `solve-${n}`, unit: "ms", rate, lessIsBetter: true, limit: [`${wanted} ms wanted`, wanted] },
      rival: ["SciPy splu, factor and solve", rival],
    });
  },
});

export const solve128 = solving(128, 3);
export const solve256 = solving(256, 15);

/** What a simulated read costs: fresh noise on every device, started from the solution without noise. */
export const solveRead: Bench = {
  name: "solve-read-128",
  does: "the same for a read: 2 % noise on every device, from the solution without it, to 1e-4",
  run: async () => {
    const { crossbar, conductances, voltages } = circuit(128);
    const chance = randomStream(2, 99);
    const noisy = conductances.map((g) => g * (1 + 0.02 * chance.normal()));
    const start = solveCrossbar(factorCrossbar(conductances, crossbar), voltages, { keep: true }).potentials!;
    let factor = factorCrossbar(noisy, crossbar);
    const rate = cpuMs(() => {
      factor = factorCrossbar(noisy, crossbar, factor);
      return solveCrossbar(factor, voltages, { tolerance: 1e-4, start });
    });
    return row({ name: "solve-read-128", unit: "ms", rate, lessIsBetter: true });
  },
};
