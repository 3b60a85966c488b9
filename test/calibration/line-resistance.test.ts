import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { factorCrossbar, solveCrossbar } from "../../calibration/index.ts";
import { drawn, linesOf, nodal, relativeError, solve } from "./circuits.ts";

interface Case {
  readonly r_wl: number;
  readonly r_bl: number;
  readonly r_src?: number;
  readonly r_out?: number;
  readonly I: readonly number[][];
}
interface Oracle {
  readonly m: number;
  readonly n: number;
  readonly G_uS: readonly number[][];
  readonly V: readonly number[][];
  readonly cases: readonly Case[];
}

const folder = new URL("../../../shared/data/irdrop/", import.meta.url);
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
const oracles = files.flatMap((file) => {
  const oracle = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Oracle;
  return oracle.cases.map((one) => ({ file, oracle, one, ...one }));
});

describe.skipIf(oracles.length === 0)(
  "against ngspice and badcrossbar (skipped without ../shared/data/irdrop)",
  () => {
    it.each(oracles)(
      "$file at $r_wl and $r_bl Ω a segment holds to 1e-9 of the largest current",
      ({ oracle, one }) => {
        const { m, n, G_uS, V } = oracle;
        const lines = linesOf(one.r_wl, one.r_bl, one.r_src, one.r_out);
        const conductances = Float64Array.from(G_uS.flat(), (g) => g * 1e-6);
        const factor = factorCrossbar(conductances, { rows: m, cols: n, lines });
        for (const tolerance of [1e-9, 1e-6]) {
          const { currents } = solveCrossbar(factor, Float64Array.from(V.flat()), { tolerance });
          for (const [k, wanted] of one.I.entries())
            expect(relativeError(currents.subarray(k * n, (k + 1) * n), wanted)).toBeLessThan(tolerance);
        }
      },
    );
  },
);

describe("a uniform array at 0.2 V on every row", () => {
  // n, G in µS, r in Ω, loss of the first and last column and of all (reference/physics.md §C1).
  it.each([
    [8, 20, 1, 0.0007, 0.0012, 0.001],
    [16, 20, 1, 0.0022, 0.0046, 0.0037],
    [32, 20, 1, 0.0077, 0.0174, 0.0141],
    [64, 20, 1, 0.0282, 0.0651, 0.0527],
    [128, 20, 1, 0.0995, 0.2174, 0.1782],
    [128, 5, 0.35, 0.0098, 0.0236, 0.0189],
    [128, 100, 1, 0.3381, 0.5888, 0.5077],
  ])("of %i × %i loses what an independent nodal solver finds", (n, g, r, first, last, mean) => {
    const conductances = new Float64Array(n * n).fill(g * 1e-6);
    const crossbar = { rows: n, cols: n, lines: linesOf(r, r) };
    const { currents } = solve(crossbar, conductances, new Float64Array(n).fill(0.2));
    const losses = Array.from(currents, (current) => 1 - current / (0.2 * n * g * 1e-6));
    const found = [losses[0]!, losses.at(-1)!, losses.reduce((a, b) => a + b, 0) / n];
    for (const [at, loss] of [first, last, mean].entries())
      expect(Math.abs(found[at]! - loss)).toBeLessThan(6e-5);
  });
});

describe("against Kirchhoff's current law at every node, by Gaussian elimination", () => {
  it.each([
    [1, 1, linesOf(2, 3, 10, 20), 0],
    [1, 9, linesOf(2, 3), 0],
    [9, 1, linesOf(2, 3, 40, 7), 0],
    [6, 5, linesOf(1, 1), 0.4],
    [5, 7, linesOf(300, 20, 1000, 0), 0.3],
    [7, 6, linesOf(0.01, 500, 0, 50), 0.4],
    [8, 8, linesOf(1e4, 1e4, 1e5, 1e5), 0.3],
  ])("%i × %i devices hold to 1e-9, open and stuck ones among them", (rows, cols, lines, faults) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { conductances, voltages } = drawn(rows, cols, seed, faults);
      const wanted = nodal({ rows, cols, lines }, conductances, voltages).currents;
      const { currents } = solve({ rows, cols, lines }, conductances, voltages, { tolerance: 1e-10 });
      expect(relativeError(currents, wanted)).toBeLessThan(1e-9);
    }
  });
});

describe("lines without resistance", () => {
  const rows = 7;
  const cols = 5;
  const { conductances, voltages } = drawn(rows, cols, 3, 0.3);
  const ideal = Array.from({ length: cols }, (_, j) =>
    voltages.reduce((sum, v, i) => sum + v * conductances[i * cols + j]!, 0),
  );

  it("carry the sum of voltage times conductance, to the last digits", () => {
    const { currents, iterations } = solve({ rows, cols, lines: linesOf(0, 0) }, conductances, voltages);
    expect(relativeError(currents, ideal)).toBeLessThan(1e-15);
    expect(iterations).toBe(0);
  });

  it.each([
    ["word lines", [0, 5, 0, 0]],
    ["bit lines", [5, 0, 0, 0]],
    ["word lines behind drivers", [0, 5, 50, 8]],
    ["bit lines before sense circuits", [5, 0, 9, 40]],
    ["lines between drivers and sense circuits", [0, 0, 70, 40]],
    ["lines behind drivers", [0, 0, 70, 0]],
    ["lines before sense circuits", [0, 0, 0, 40]],
  ] as const)("are what ever smaller resistance tends to: %s", (_, given) => {
    const [a, b, c, d] = given;
    const { currents } = solve({ rows, cols, lines: linesOf(a, b, c, d) }, conductances, voltages, {
      tolerance: 1e-10,
    });
    // 1e-5 Ω shifts a current by some 1e-5 · rows · G = 1e-7 of itself at 10 mS; pivoting keeps 1e-10.
    const small = linesOf(a || 1e-5, b || 1e-5, c, d);
    const wanted = nodal({ rows, cols, lines: small }, conductances, voltages).currents;
    expect(relativeError(currents, wanted)).toBeLessThan(2e-6);
  });

  it("divide the voltage between driver, device and sense circuit", () => {
    const crossbar = { rows: 1, cols: 1, lines: linesOf(0, 0, 1000, 500) };
    const { currents } = solve(crossbar, Float64Array.of(1e-3), Float64Array.of(0.2));
    expect(currents[0]).toBeCloseTo(0.2 / (1000 + 1000 + 500), 15);
  });
});

it("gives no current without voltage or without devices", () => {
  const crossbar = { rows: 3, cols: 2, lines: linesOf(1, 1, 1, 1) };
  const { conductances, voltages } = drawn(3, 2, 1);
  expect(Array.from(solve(crossbar, conductances, new Float64Array(3)).currents)).toEqual([0, 0]);
  expect(Array.from(solve(crossbar, new Float64Array(6), voltages).currents)).toEqual([0, 0]);
});
