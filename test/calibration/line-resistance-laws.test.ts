import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  columnGains,
  deviceVoltages,
  factorCrossbar,
  type LineResistance,
  solveCrossbar,
  transferMatrix,
} from "../../calibration/index.ts";
import { drawn, linesOf, nodal, relativeError, solve } from "./circuits.ts";

const ohm = fc.oneof(fc.constant(0), fc.double({ min: 1e-2, max: 1e3, noNaN: true }));
const anyLines = fc.tuple(ohm, ohm, ohm, ohm).map((given): LineResistance => linesOf(...given));
const size = fc.integer({ min: 1, max: 12 });
/** Any crossbar with any of its devices open or stuck. */
const anyCircuit = fc.record({ rows: size, cols: size, lines: anyLines, seed: fc.nat(1e6) }).map((given) => ({
  crossbar: { rows: given.rows, cols: given.cols, lines: given.lines },
  ...drawn(given.rows, given.cols, given.seed, 0.2),
}));
const exact = { tolerance: 1e-11 };
/** 1 V on each row in turn. */
const units = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => +(at % (n + 1) === 0));
const total = (currents: Float64Array): number => currents.reduce((a, b) => a + b, 0);

describe("a crossbar with line resistance", () => {
  it("returns to ground every ampere that the drivers give", () =>
    fc.assert(
      fc.property(anyCircuit, ({ crossbar, conductances, voltages }) => {
        const { rows, cols, lines } = crossbar;
        fc.pre(lines.wordLine + lines.driver > 0);
        const { currents, potentials } = solve(crossbar, conductances, voltages, { ...exact, keep: true });
        let given = 0;
        for (let i = 0; i < rows; i++)
          given += (voltages[i]! - potentials![i * cols]!) / (lines.wordLine + lines.driver);
        // A driver's current is a small difference of voltages, so its digits go with Σ V / r.
        const digits = (1e-14 * rows) / (lines.wordLine + lines.driver);
        expect(Math.abs(total(currents) - given)).toBeLessThan(1e-8 * total(currents) + digits);
      }),
    ));

  it("is reciprocal: turned over, driven at the sense ends and sensed at the drivers, it transfers the same", () =>
    fc.assert(
      fc.property(anyCircuit, ({ crossbar, conductances }) => {
        const { rows, cols, lines } = crossbar;
        const forth = solve(crossbar, conductances, units(rows), exact).currents;
        const turned = new Float64Array(rows * cols);
        const place = (i: number, j: number): number => (cols - 1 - j) * rows + (rows - 1 - i);
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < cols; j++) turned[place(i, j)] = conductances[i * cols + j]!;
        const swapped = linesOf(lines.bitLine, lines.wordLine, lines.sense, lines.driver);
        const back = solve({ rows: cols, cols: rows, lines: swapped }, turned, units(cols), exact).currents;
        const returned = forth.map((_, at) => back[place(Math.floor(at / cols), at % cols)]!);
        expect(relativeError(returned, forth)).toBeLessThan(1e-9);
      }),
      { numRuns: 50 },
    ));

  it("depends on resistance times conductance only", () =>
    fc.assert(
      fc.property(anyCircuit, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (given, k) => {
        const { crossbar, conductances, voltages } = given;
        const { wordLine, bitLine, driver, sense } = crossbar.lines;
        const scaled = { ...crossbar, lines: linesOf(k * wordLine, k * bitLine, k * driver, k * sense) };
        const here = solve(crossbar, conductances, voltages, exact).currents;
        const there = solve(
          scaled,
          conductances.map((g) => g / k),
          voltages,
          exact,
        ).currents;
        expect(
          relativeError(
            there.map((i) => k * i),
            here,
          ),
        ).toBeLessThan(1e-9);
      }),
    ));

  it("never gives more when a resistance rises, all rows driven alike (Rayleigh's monotonicity)", () =>
    fc.assert(
      fc.property(
        anyCircuit,
        fc.constantFrom("wordLine", "bitLine", "driver", "sense"),
        ohm,
        (given, which, more) => {
          const { crossbar, conductances, voltages } = given;
          const alike = voltages.map(() => 0.2);
          const lines = { ...crossbar.lines, [which]: crossbar.lines[which] + more } as LineResistance;
          const before = total(solve(crossbar, conductances, alike, exact).currents);
          const after = total(solve({ ...crossbar, lines }, conductances, alike, exact).currents);
          expect(after).toBeLessThanOrEqual(before * (1 + 1e-10));
        },
      ),
    ));

  it.each([
    [20, 30],
    [30, 20],
  ])("of %i × %i adds up: currents are voltages times the effective conductances", (rows, cols) => {
    const { conductances, voltages } = drawn(rows, cols, 4, 0.05);
    const factor = factorCrossbar(conductances, { rows, cols, lines: linesOf(20, 30, 100, 200) });
    const effective = transferMatrix(factor, exact);
    const sums = Array.from({ length: cols }, (_, j) =>
      voltages.reduce((sum, v, i) => sum + v * effective[i * cols + j]!, 0),
    );
    expect(relativeError(solveCrossbar(factor, voltages, exact).currents, sums)).toBeLessThan(1e-10);
  });
});

describe("the tolerance", () => {
  it("bounds the error: 240 circuits with open and stuck devices, three tolerances each", () => {
    const lines = [
      linesOf(1, 1),
      linesOf(30, 30, 500, 100),
      linesOf(1000, 1000),
      linesOf(0, 20, 50, 0),
      linesOf(20, 0, 0, 50),
    ];
    let worst = 0;
    for (let seed = 0; seed < 240; seed++) {
      const [rows, cols] = [8 + (seed % 41), 8 + ((seed * 7) % 37)];
      const { conductances, voltages } = drawn(rows, cols, seed, [0, 0.002, 0.02][seed % 3]);
      const factor = factorCrossbar(conductances, { rows, cols, lines: lines[seed % 5]! });
      const wanted = solveCrossbar(factor, voltages, { tolerance: 1e-12 }).currents;
      for (const tolerance of [1e-3, 1e-5, 1e-8]) {
        const { currents, error } = solveCrossbar(factor, voltages, { tolerance });
        expect(error).toBeLessThanOrEqual(tolerance);
        worst = Math.max(worst, relativeError(currents, wanted) / tolerance);
      }
    }
    expect(worst).toBeLessThan(1);
  });
});

describe("a start from an earlier solution", () => {
  const crossbar = { rows: 64, cols: 48, lines: linesOf(10, 10, 50, 20) };
  const { conductances, voltages } = drawn(64, 48, 8, 0.01);
  const mean = solve(crossbar, conductances, voltages, { ...exact, keep: true });
  const noisy = drawn(64, 48, 9).voltages;
  const read = conductances.map((g, at) => g * (1 + 0.02 * Math.sin(at) + 1e-3 * noisy[at % 64]!));

  it("leads to the same currents in fewer steps", () => {
    const factor = factorCrossbar(read, crossbar);
    const cold = solveCrossbar(factor, voltages, { tolerance: 1e-9 });
    const warm = solveCrossbar(factor, voltages, { tolerance: 1e-9, start: mean.potentials! });
    expect(relativeError(warm.currents, cold.currents)).toBeLessThan(2e-9);
    expect(warm.iterations).toBeLessThan(cold.iterations);
  });

  it("holds where lines have no resistance, too", () => {
    for (const lines of [linesOf(0, 0), linesOf(0, 5, 30), linesOf(5, 0, 0, 30)]) {
      const factor = factorCrossbar(read, { ...crossbar, lines });
      const cold = solveCrossbar(factor, voltages, exact);
      const warm = solveCrossbar(factor, voltages, { ...exact, start: mean.potentials! });
      expect(relativeError(warm.currents, cold.currents)).toBeLessThan(1e-10);
    }
  });

  it("is of no use to the answer: a batch, or memory taken over, gives the bits of single solutions", () => {
    const other = drawn(64, 48, 10).voltages;
    const factor = factorCrossbar(conductances, crossbar, factorCrossbar(read, crossbar));
    const both = solveCrossbar(factor, Float64Array.of(...voltages, ...other)).currents;
    expect(Array.from(both)).toEqual([
      ...solve(crossbar, conductances, voltages).currents,
      ...solve(crossbar, conductances, other).currents,
    ]);
  });
});

describe("what a change of one device does", () => {
  const crossbar = { rows: 6, cols: 5, lines: linesOf(100, 150, 300, 200) };
  const { conductances, voltages } = drawn(6, 5, 12, 0.1);
  const factor = factorCrossbar(conductances, crossbar);
  const { potentials } = solveCrossbar(factor, voltages, { ...exact, keep: true });

  it("goes with the voltage across it, as Kirchhoff's law gives it", () =>
    expect(
      relativeError(deviceVoltages(factor, potentials!), nodal(crossbar, conductances, voltages).across),
    ).toBeLessThan(1e-9));

  it("is voltage × gain in its own column: ∂I_j/∂G_ij by differences", () => {
    const across = deviceVoltages(factor, potentials!);
    const gains = columnGains(factor, exact);
    const slopes = conductances.map((g, at) => {
      const step = 1e-9;
      const currents = [g + step, g].map((value) => {
        const changed = conductances.with(at, value);
        return solve(crossbar, changed, voltages, { tolerance: 1e-12 }).currents[at % 5]!;
      });
      return (currents[0]! - currents[1]!) / step;
    });
    expect(
      relativeError(
        across.map((v, at) => v * gains[at]!),
        slopes,
      ),
    ).toBeLessThan(1e-4);
  });
});
