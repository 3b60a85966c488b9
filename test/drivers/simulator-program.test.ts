import { describe, expect, it } from "vitest";
import { pcmProgrammingSigma, virtualClock } from "#calibration";
import { type SimulatedCore, simulatedCore } from "#drivers";
import { type Area, cellOutcomes, microsiemens, type Reply, seconds } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { programmed, whole } from "./simulated.ts";

const [settled, notSettled, stuck] = cellOutcomes.map((_, i) => i);
const area = whole(64, 64);
const to = (target: number, on: Area = area): Int16Array => new Int16Array(on.rows * on.cols).fill(target);

/** Errors of the settled cells, in µS: true conductance minus target. */
function errors(core: SimulatedCore, report: Reply<"program">, target: number, on: Area): number[] {
  return Array.from(core.conductances(on), (g) => g * 1e6 - target).filter(
    (_, i) => report.outcomes[i] === settled,
  );
}

describe("programming an ideal board", () => {
  it("brings every cell onto its target's count with one pulse", async () => {
    const core = await simulatedCore({ profile: "ideal" });
    const targets = Int16Array.from({ length: 4096 }, (_, i) => 1 + ((i * 37) % 25_000));
    const report = programmed(core, { ...area, targets, tolerance: 0, maxPulses: 10 });
    expect(report.outcomes.every((outcome) => outcome === settled)).toBe(true);
    expect([...(report.pulses as Uint16Array)].every((pulses) => pulses === 1)).toBe(true);
    expect(report.conductances).toEqual(targets);
    expect(core.readCells({ ...area, repeats: 1 }).conductances).toEqual(targets);
  });

  it("lowers a conductance as well, and leaves a cell within the tolerance alone", async () => {
    const core = await simulatedCore({ profile: "ideal" });
    programmed(core, { ...area, targets: to(20_000), tolerance: 0, maxPulses: 10 });
    const down = programmed(core, { ...area, targets: to(5000), tolerance: 0, maxPulses: 10 });
    expect(down.conductances).toEqual(to(5000));
    const again = programmed(core, { ...area, targets: to(5003), tolerance: 3, maxPulses: 10 });
    expect(Math.max(...(again.pulses as Uint16Array))).toBe(0);
    expect(again.conductances).toEqual(to(5000));
  });

  it("reports progress every 64 cells and takes the profile's time: a pulse and two reads of 1 µs a cell", async () => {
    const core = await simulatedCore({ profile: "ideal" });
    const steps = core.program({ ...area, targets: to(1000), tolerance: 0, maxPulses: 1 });
    expect(steps.next().value).toEqual({ done: 64, total: 4096, pulses: 64 });
    expect(core.clock.now()).toBeCloseTo(64 * 3e-6, 12);
    expect(core.sense().ticks).toBe(192);
    steps.return(undefined as never);
    expect([...core.conductances({ ...area, rows: 2 })].filter((g) => g > 0).length).toBe(64);
  });
});

describe("programming hfox-tsinghua with the published tolerance of ± 1.5 µS", () => {
  it("leaves the ESCIM chips' errors: sd 0.18 … 0.24 µA at 0.2 V, mean −0.09 µA, 95 … 99 % within ± 0.5 µA", async () => {
    const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 5 });
    for (const target of [6, 10, 14, 18]) {
      const on = whole(64, 64, target);
      const report = programmed(core, { ...on, targets: to(target * 1000), tolerance: 1500, maxPulses: 300 });
      const microamps = errors(core, report, target, on).map((error) => error * 0.2);
      const { mean, variance } = meanAndVariance(microamps);
      expect(Math.sqrt(variance)).toBeGreaterThan(0.18);
      expect(Math.sqrt(variance)).toBeLessThan(0.24);
      expect(Math.abs(mean + 0.087)).toBeLessThan(0.02);
      const near = microamps.filter((error) => Math.abs(error) < 0.5).length / microamps.length;
      expect(near).toBeGreaterThan(0.95);
      expect(near).toBeLessThan(0.99);
    }
  });

  it("gives up its stuck cells, 0.065 % of them (binomial, five standard errors), and settles the others", async () => {
    const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 5 });
    let [given, lost] = [0, 0];
    for (let tile = 0; tile < 4; tile++) {
      const on = whole(128, 128, tile);
      const { outcomes } = programmed(core, {
        ...on,
        targets: to(15_000, on),
        tolerance: 1500,
        maxPulses: 300,
      });
      given += outcomes.filter((outcome) => outcome === stuck).length;
      lost += outcomes.filter((outcome) => outcome === notSettled).length;
    }
    const expected = 4 * 128 * 128 * 0.00065;
    expect(Math.abs(given - expected)).toBeLessThan(5 * Math.sqrt(expected));
    expect(lost).toBe(0);
  });

  it("says notSettled when the pulses run out", async () => {
    const core = await simulatedCore({ profile: "hfox-tsinghua", seed: 5 });
    const { outcomes, pulses } = programmed(core, {
      ...area,
      targets: to(19_000),
      tolerance: 200,
      maxPulses: 1,
    });
    expect(outcomes.filter((outcome) => outcome === notSettled).length).toBeGreaterThan(4000);
    expect(Math.max(...(pulses as Uint16Array))).toBe(1);
  });
});

describe("programming pcm-90nm with a tight tolerance", () => {
  it.each([2.5, 12.5, 20])(
    "leaves σ_prog of table A1 around %f µS, 1/f noise put aside (± 6 %)",
    async (target) => {
      const clock = virtualClock();
      const core = await simulatedCore({ profile: "pcm-90nm", seed: 5 }, clock);
      const on = whole(128, 64);
      const report = programmed(core, {
        ...on,
        targets: to(target * 1000, on),
        tolerance: 250,
        maxPulses: 300,
      });
      clock.advance(seconds(10));
      const { mean, variance } = meanAndVariance(errors(core, report, target, on));
      // At 10 s, before drift begins, the frozen part of 1/f noise adds Q_s² G² (v(10 s) − v(1 µs)) to the variance.
      const q = 0.0088 / (target / 25) ** 0.65;
      const lasting = (q * target) ** 2 * (Math.log(10 / 0.5e-6) - Math.log(1.25e-6 / 0.5e-6));
      const sigma = pcmProgrammingSigma(microsiemens(target), microsiemens(25)) * 1e6;
      expect(Math.abs(Math.sqrt(variance - lasting) / sigma - 1)).toBeLessThan(0.06);
      expect(Math.abs(mean)).toBeLessThan(0.06);
    },
  );
});

describe("ordered faults", () => {
  it("hold a stuck cell and dead lines where they were ordered, and nowhere else", async () => {
    const faults = {
      stuck: [{ tile: 0, row: 1, col: 2, at: "high" as const }],
      deadRows: [{ tile: 0, row: 3 }],
      deadCols: [{ tile: 0, col: 4 }],
    };
    const core = await simulatedCore({ profile: "ideal", rows: 8, cols: 8, faults });
    const on = whole(8, 8);
    const { outcomes } = programmed(core, { ...on, targets: to(10_000, on), tolerance: 1, maxPulses: 50 });
    const faulty = (i: number): boolean => i === 10 || Math.floor(i / 8) === 3 || i % 8 === 4;
    for (let i = 0; i < 64; i++) expect(outcomes[i]).toBe(faulty(i) ? stuck : settled);
    const g = core.conductances(on);
    expect(g[10]! * 1e6).toBeCloseTo(25, 9);
    expect(g[3 * 8]).toBe(0);
    expect(g[4]).toBe(0);
  });
});

describe("a single pulse", () => {
  it("moves an ideal cell by step · window · drive · width: half amplitude above threshold is half the window", async () => {
    const core = await simulatedCore({ profile: "ideal" });
    const cell = { tile: 0, row: 5, col: 6 };
    const read = (): number => core.conductances({ ...cell, rows: 1, cols: 1 })[0]! * 1e6;
    expect(core.pulse({ ...cell, polarity: 0, amplitude: 2, width: 100e-9 })).toEqual({ pulses: 1 });
    expect(read()).toBeCloseTo(12.5, 5);
    core.pulse({ ...cell, polarity: 1, amplitude: 2, width: 50e-9 });
    expect(read()).toBeCloseTo(6.25, 5);
    core.pulse({ ...cell, polarity: 1, amplitude: 0.9, width: 100e-9 });
    expect(read()).toBeCloseTo(6.25, 5);
  });
});
