import { describe, expect, it } from "vitest";
import {
  deviceModel,
  factorCrossbar,
  loadProfile,
  randomStream,
  solveCrossbar,
  transferMatrix,
} from "#calibration";
import { simulatedCore } from "#drivers";
import { type Area, inSiemens, ohms, seconds, siemens } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { currents, readOutRequest, whole } from "./simulated.ts";

const ideal = { profile: "ideal", adcBits: 16 };
const range = { 8: 3, 16: 4, 32: 5, 64: 6 } as const;
const wires = (segment: number) => ({
  wordLine: ohms(segment),
  bitLine: ohms(segment),
  driver: ohms(0),
  sense: ohms(0),
});

/** 24 × 6 Laplace cells between lines of 100 Ω a segment, far more than any published. */
const circuit = { rows: 24, cols: 6, lines: wires(100) };
const full = new Int16Array(circuit.rows).fill(127);
async function resistive(engine: "auto" | "moment" | "per-device", lineResistance = 100) {
  const { rows, cols } = circuit;
  const model = deviceModel(await loadProfile("hfox-tsinghua"));
  const held = Float64Array.from({ length: rows * cols }, (_, i) => (4 + ((i * 5) % 14)) * 1e-6);
  const geometry = { adcBits: 16, rows, cols, lineResistance };
  const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 4, engine, ...geometry });
  const on = whole(rows, cols);
  core.preset(on, inSiemens(held));
  return { model, held, on, core };
}

describe("resistance of the lines", () => {
  // reference/physics.md C1: loss of the first and the last column and their mean; an independent nodal solver's.
  it.each([
    [8, 0.0007, 0.0012, 0.001],
    [16, 0.0022, 0.0046, 0.0037],
    [32, 0.0077, 0.0174, 0.0141],
    [64, 0.0282, 0.0651, 0.0527],
  ] as const)(
    "costs %i × %i cells of 20 µS at 1 Ω a segment the tabulated shares of their current",
    async (n, first, last, mean) => {
      const core = await simulatedCore({ ...ideal, rows: n, cols: n, lineResistance: 1 });
      const on = whole(n, n);
      core.preset(on, inSiemens(new Float64Array(n * n).fill(20e-6)));
      const read = currents(core, readOutRequest(on, { range: range[n] }), new Int16Array(n).fill(511));
      const loss = Array.from(read, (current) => 1 - current / (n * 20e-6 * 0.2));
      expect(Math.abs(loss[0]! - first)).toBeLessThan(8e-5);
      expect(Math.abs(loss[n - 1]! - last)).toBeLessThan(8e-5);
      expect(Math.abs(loss.reduce((sum, x) => sum + x, 0) / n - mean)).toBeLessThan(8e-5);
    },
  );

  it("leads past the cells around an area: as the whole tile, solved with these cells open", async () => {
    const core = await simulatedCore({ ...ideal, rows: 20, cols: 24, lineResistance: 5, temperature: 400 });
    const on: Area = { tile: 2, row: 6, col: 9, rows: 5, cols: 7 };
    const tile = new Float64Array(20 * 24);
    const held = Float64Array.from({ length: 35 }, (_, i) => (5 + ((i * 7) % 20)) * 1e-6);
    held.forEach((g, i) => {
      tile[(6 + Math.floor(i / 7)) * 24 + 9 + (i % 7)] = g;
    });
    core.preset(on, inSiemens(held));
    const driven = Int16Array.of(511, -200, 0, 311, 77);
    const read = currents(core, readOutRequest(on, { range: 1 }), driven);
    const volts = new Float64Array(20);
    driven.forEach((code, i) => {
      volts[6 + i] = code * core.descriptor.dac.lsb;
    });
    // Wires of 5 Ω have 5 · (1 + 0.00451 · 100) Ω at 400 K.
    const circuit = { rows: 20, cols: 24, lines: wires(5 * 1.451) };
    const { currents: exact } = solveCrossbar(factorCrossbar(tile, circuit), volts, { tolerance: 1e-9 });
    const lsb = core.descriptor.adc.ranges[1]! / 2 ** 15;
    read.forEach((current, j) => {
      expect(Math.abs(current - exact[9 + j]!)).toBeLessThan(0.51 * lsb);
    });
    expect(core.sense().temperature).toBe(400);
  });

  it("passes a device's noise on as solving the circuit with every device drawn does", async () => {
    const { model, held, on, core } = await resistive("auto");
    const read = currents(core, readOutRequest(on, { repeats: 4000, range: 4 }), full);
    const random = randomStream(1, 1);
    const volts = Float64Array.from(full, (code) => code * core.descriptor.dac.lsb);
    const exact = Array.from({ length: 4000 }, () => {
      const now = held.map((g) => {
        const sigma = model.readSigma(siemens(g), seconds(0));
        return Math.max(0, g + sigma * Math.SQRT1_2 * random.laplace());
      });
      return solveCrossbar(factorCrossbar(now, circuit), volts).currents;
    });
    for (let col = 0; col < circuit.cols; col++) {
      const a = meanAndVariance(read.filter((_, i) => i % circuit.cols === col));
      const b = meanAndVariance(exact.map((line) => line[col]!));
      const ideal = held.reduce((sum, g, i) => (i % circuit.cols === col ? sum + g : sum), 0) * volts[0]!;
      expect(b.mean / ideal).toBeLessThan(0.9);
      expect(Math.abs(a.mean - b.mean)).toBeLessThan(5 * Math.sqrt((a.variance + b.variance) / 4000));
      // Five standard errors of a ratio of two variances of nearly normal sums.
      expect(Math.abs(a.variance / b.variance - 1)).toBeLessThan(5 * Math.sqrt((2 * 2.2) / 4000));
    }
  });

  it.each(["moment", "per-device"] as const)(
    "has, by the %s engine, the variance Σ (σ ∂I/∂G)² of finite differences of the circuit, over every device of it",
    async (engine) => {
      const { model, held, on, core } = await resistive(engine);
      const repeats = 30_000;
      const inputs = Int16Array.from({ length: 2 * circuit.rows }, (_, i) =>
        i < circuit.rows ? 127 : Math.max(0, 127 - 16 * (i % 11)),
      );
      const read = currents(core, readOutRequest(on, { vectors: 2, repeats, range: 4 }), inputs);
      let damped = 0;
      for (const vector of [0, 1]) {
        const codes = inputs.subarray(vector * circuit.rows, (vector + 1) * circuit.rows);
        const volts = Float64Array.from(codes, (code) => code * core.descriptor.dac.lsb);
        const law = new Float64Array(circuit.cols);
        const T = transferMatrix(factorCrossbar(held, circuit));
        held.forEach((g, at) => {
          const sigma = model.readSigma(siemens(g), seconds(0));
          const [up, down] = [1e-8, -1e-8].map(
            (step) =>
              solveCrossbar(factorCrossbar(held.with(at, g + step), circuit), volts, { tolerance: 1e-12 })
                .currents,
          );
          for (let col = 0; col < circuit.cols; col++)
            law[col]! += ((sigma * (up![col]! - down![col]!)) / 2e-8) ** 2;
        });
        for (let col = 0; col < circuit.cols; col++) {
          const series = Float64Array.from(
            { length: repeats },
            (_, r) => read[(vector * repeats + r) * circuit.cols + col]!,
          );
          const { mean, variance } = meanAndVariance(series);
          let exact = 0;
          for (let i = 0; i < circuit.rows; i++) exact += volts[i]! * T[i * circuit.cols + col]!;
          expect(Math.abs(mean - exact)).toBeLessThan(5 * Math.sqrt(law[col]! / repeats) + 1e-10);
          // Five standard errors, the sum's kurtosis being 3.2, and 0.2 % for what other columns' devices do.
          expect(Math.abs(variance / law[col]! - 1)).toBeLessThan(5 * Math.sqrt(2.2 / repeats) + 0.002);
          let old = 0;
          for (let at = col; at < held.length; at += circuit.cols) {
            const sigma = model.readSigma(siemens(held[at]!), seconds(0));
            old += ((sigma * T[at]! * volts[Math.floor(at / circuit.cols)]!) / held[at]!) ** 2;
          }
          damped = Math.max(damped, Math.sqrt(old / law[col]!));
        }
      }
      // What damping by T / G, as for a row driven alone, would have made of it: the test tells the two apart.
      expect(damped).toBeGreaterThan(1.1);
    },
  );

  it("goes by device for inputs that drive few, by moments for the others, and draws other noise for each", async () => {
    const { core, on } = await resistive("auto");
    const [vectors, repeats] = [40, 500];
    const { rows, cols } = circuit;
    // Every other input drives one row only, whose cells' noise is Laplace noise: kurtosis 6, not 3.
    const inputs = Int16Array.from({ length: vectors * rows }, (_, at) =>
      Math.floor(at / rows) % 2 === 0 || at % rows === 7 ? 127 : 0,
    );
    const request = readOutRequest(on, { vectors, repeats, range: 4 });
    const read = currents(core, request, inputs);
    expect(core.drawn).toEqual({ moment: 20 * repeats, perDevice: 20 * repeats });
    const lines = Array.from({ length: vectors }, (_, v) => {
      const line = Float64Array.from({ length: repeats }, (_, r) => read[(v * repeats + r) * cols]!);
      const { mean, variance } = meanAndVariance(line);
      return line.map((value) => (value - mean) / Math.sqrt(variance));
    });
    const kurtosis = (odd: number): number =>
      meanAndVariance(lines.filter((_, v) => v % 2 === odd).flatMap((line) => Array.from(line))).kurtosis;
    // Five standard errors of 10 000 numbers of kurtosis 3.2, and of 6.
    expect(Math.abs(kurtosis(0) - 3.15)).toBeLessThan(5 * Math.sqrt(30 / 10_000));
    expect(Math.abs(kurtosis(1) - 6)).toBeLessThan(5 * Math.sqrt(2500 / 10_000));
    for (const [a, b] of [
      [0, 2],
      [0, 32],
      [32, 34],
      [1, 3],
      [1, 33],
    ] as const) {
      const dot = lines[a]!.reduce((sum, value, r) => sum + value * lines[b]![r]!, 0) / repeats;
      expect(Math.abs(dot)).toBeLessThan(5 / Math.sqrt(repeats));
    }
    const { codes } = core.readOut(request, inputs, 0, vectors * repeats);
    const from = 31 * repeats + 100;
    const part = core.readOut({ ...request }, inputs, from, 3 * repeats).codes;
    expect(part).toEqual(codes.subarray(from * cols, (from + 3 * repeats) * cols));
  });

  it("gives the same again for any part of a read-out asked alone", async () => {
    const { core, on } = await resistive("auto");
    const inputs = new Int16Array(3 * circuit.rows).fill(127);
    const request = readOutRequest(on, { vectors: 3, repeats: 20, range: 4 });
    const { codes } = core.readOut(request, inputs, 0, 60);
    const part = core.readOut({ ...request }, inputs, 15, 33).codes;
    expect(part).toEqual(codes.subarray(15 * circuit.cols, 48 * circuit.cols));
  });

  it("damps noise by T / G where no cell loses a hundredth: there the read-out costs no solution, and is as exact", async () => {
    const { core, on, held } = await resistive("moment", 0.2);
    const repeats = 20_000;
    const read = currents(core, readOutRequest(on, { repeats, range: 4 }), full);
    const ideal = await resistive("moment", 0);
    ideal.core.preset(on, inSiemens(held));
    const same = currents(ideal.core, readOutRequest(on, { repeats, range: 4 }), full);
    for (let col = 0; col < circuit.cols; col++) {
      const [a, b] = [read, same].map((line) =>
        meanAndVariance(line.filter((_, i) => i % circuit.cols === col)),
      );
      // The same draws on both boards: deviations go by the share, within a hundredth.
      expect(Math.abs(Math.sqrt(a!.variance / b!.variance) - 1)).toBeLessThan(0.01);
    }
  });
});

describe("columns with gain and offset of their own", () => {
  const on: Area = { tile: 0, row: 0, col: 0, rows: 16, cols: 256 };
  const measured = async (seed: number, area = on) => {
    const core = await simulatedCore({ profile: "rram-wan2022", seed, adcBits: 16 });
    const held = new Float64Array(area.rows * area.cols).fill(30e-6);
    core.preset(area, inSiemens(held));
    const request = readOutRequest(area, { vectors: 2, repeats: 200, range: 3 });
    const { codes } = core.readOut(request, new Int16Array(32).fill(15, 16), 0, 400);
    const lsb = core.descriptor.adc.ranges[3]! / 2 ** 15;
    const full = (16 * 30e-6 * 0.2) / lsb;
    const meanOf = (vector: number, col: number): number => {
      let sum = 0;
      for (let i = 0; i < 200; i++) sum += codes[(vector * 200 + i) * area.cols + col]!;
      return sum / 200;
    };
    return Array.from({ length: area.cols }, (_, col) => {
      const offset = meanOf(0, col);
      return { offset, gain: (meanOf(1, col) - offset) / full };
    });
  };

  it("have rram-wan2022's published spreads: 23 % of gain about 1, 3 codes of offset (five standard errors)", async () => {
    const columns = (await Promise.all([1, 2, 3, 4].map((seed) => measured(seed)))).flat();
    const n = columns.length;
    const gain = meanAndVariance(columns.map((column) => column.gain));
    const offset = meanAndVariance(columns.map((column) => column.offset));
    expect(Math.abs(gain.mean - 1)).toBeLessThan((5 * 0.23) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(gain.variance) / 0.23 - 1)).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.min(...columns.map((column) => column.gain))).toBeGreaterThan(0);
    expect(Math.abs(offset.mean)).toBeLessThan((5 * 3) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(offset.variance) / 3 - 1)).toBeLessThan(5 * Math.sqrt(1 / (2 * n)));
  });

  it("belong to the column of the board, whatever area is read", async () => {
    const all = await measured(5);
    const part = await measured(5, { ...on, col: 100, cols: 20 });
    part.forEach((column, i) => {
      // Relaxation within the first second and read noise: 2 % a cell at most, 16 cells, 200 reads.
      expect(column.offset).toBe(all[100 + i]!.offset);
      expect(Math.abs(column.gain / all[100 + i]!.gain - 1)).toBeLessThan(0.01);
    });
  });
});

describe("which engine draws the noise", () => {
  it.each([
    ["ideal", "auto", "no noise"],
    ["pcm-90nm", "auto", "moment engine"],
    ["hfox-tsinghua", "auto", "engine by input"],
    ["hfox-tsinghua", "per-device", "per-device engine"],
  ] as const)("%s with engine %s says %s in its descriptor", async (profile, engine, said) => {
    const { descriptor } = await simulatedCore({ profile, engine });
    expect(descriptor.firmware).toBe(`mho simulator, ${said}`);
  });

  it("is counted sample by sample: with Laplace noise 3 driven rows go by device, 64 by moments", async () => {
    const core = await simulatedCore({ profile: "hfox-tsinghua" });
    const on = whole(64, 4);
    core.preset(on, inSiemens(new Float64Array(256).fill(10e-6)));
    const driven = new Int16Array(128).fill(127);
    driven.fill(0, 3, 64);
    core.readOut(readOutRequest(on, { vectors: 2, repeats: 10 }), driven, 0, 20);
    expect(core.drawn).toEqual({ moment: 10, perDevice: 10 });
  });
});
