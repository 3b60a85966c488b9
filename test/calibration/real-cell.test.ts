import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  allanDeviation,
  autocorrelation,
  type CorrelatedNoiseFit,
  compareFigures,
  fitCorrelatedNoise,
  mainsPickup,
  meanInterval,
  spectrumSlope,
  type TimedReads,
  welch,
  withoutTrend,
} from "#calibration";
import { seconds } from "#protocol";

const recording = "../shared/data/rram-reads/ret1.csv";
const missing = !existsSync(recording);
/** Lags of physics.md §B6 in reads of 46.7 ms: 47 ms, 0.37, 1.5, 3, 6 and 12 s. */
const lags = [1, 8, 32, 64, 128, 256];
const averaged = [1, 4, 16, 64, 256];
const figures = { lags, averaged, slope: { from: 0.01, to: 1, segment: 2048 } };

function recordedReads(): TimedReads {
  const rows = readFileSync(recording, "utf8").trim().split("\n");
  const columns = rows.map((row) => row.split(",").map(Number));
  const start = columns[0]![1]!;
  return {
    times: Float64Array.from(columns, (column) => column[1]! - start),
    values: Float64Array.from(columns, (column) => column[3]!),
  };
}

describe.skipIf(missing)(`10 000 reads of one HfOx cell${missing ? ` (needs ${recording})` : ""}`, () => {
  let reads: TimedReads;
  let residuals: Float64Array;
  let fit: CorrelatedNoiseFit;
  beforeAll(() => {
    reads = recordedReads();
    residuals = withoutTrend(reads);
    fit = fitCorrelatedNoise(reads);
  });

  it("has the autocorrelation that physics.md §B6 states, to its two digits", () => {
    [0.28, 0.16, 0.15, 0.1, 0.09, 0.04].forEach((published, i) => {
      expect(Math.abs(autocorrelation(residuals, lags)[i]! - published)).toBeLessThan(0.005);
    });
  });

  it("holds the worth of 540 independent reads: an integrated autocorrelation of 19 over 50 lags", () => {
    const fifty = autocorrelation(
      residuals,
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    const integrated = 1 + 2 * fifty.reduce((sum, r) => sum + r, 0);
    expect(Math.abs(integrated - 19)).toBeLessThan(0.5);
    expect(Math.abs(10_000 / integrated - 540)).toBeLessThan(5);
  });

  it("has Allan deviations of 1.26, 0.61 and 0.42 %, then a floor of 0.35 … 0.5 %", () => {
    const mean = reads.values.reduce((sum, g) => sum + g, 0) / reads.values.length;
    const percent = allanDeviation(reads.values, averaged).map((deviation) => (100 * deviation) / mean);
    [1.26, 0.61, 0.42].forEach((published, i) => {
      expect(Math.abs(percent[i]! - published)).toBeLessThan(0.005);
    });
    for (const floor of percent.subarray(3)) expect(Math.abs(floor - 0.425)).toBeLessThan(0.075);
  });

  it("has a spectrum of slope −0.83 between 0.01 and 1 Hz, whatever the Welch segment: ± 0.02", () => {
    const interval = seconds(meanInterval(reads.times));
    for (const segment of [1024, 2048]) {
      const slope = spectrumSlope(welch(residuals, { interval, segment }), { from: 0.01, to: 1 });
      expect(Math.abs(slope + 0.83)).toBeLessThan(0.02);
    }
  });

  it("carries mains hum of 0.43 % at 59.984 Hz, which the irregular times tell apart from its alias", () => {
    expect(fit.pickup?.frequency).toBeCloseTo(59.984, 2);
    expect(Math.abs(fit.pickup!.sigma - 0.0043)).toBeLessThan(0.0003);
    expect(mainsPickup({ times: reads.times, values: residuals }, 50)).toBeUndefined();
  });

  it("is explained by the fitted model: every figure lies in the model's own 99 % band", () => {
    for (const { figure, recorded, low, high } of compareFigures(fit, reads, { figures, traces: 200 }))
      expect({ figure, inside: recorded >= low && recorded <= high }).toEqual({ figure, inside: true });
  });

  it("is not explained without the hum: averages of 4 reads, which nearly cancel it, are then quieter than the model", () => {
    const deaf = fitCorrelatedNoise(reads, { mains: 0 });
    const found = compareFigures(deaf, reads, { figures, traces: 100 });
    const four = found.find(({ figure }) => figure === "Allan deviation of 4 reads")!;
    expect(four.recorded).toBeLessThan(four.low);
  });

  it("is not explained by white noise of equal variance: autocorrelation, floor and slope are all outside", () => {
    const variance = residuals.reduce((sum, x) => sum + x * x, 0) / residuals.length;
    const none = { taus: new Float64Array(0), sigmas: new Float64Array(0) };
    const white = {
      mean: fit.mean,
      processes: none,
      white: Math.sqrt(variance) / fit.mean,
      pickup: undefined,
    };
    const outside = compareFigures(white, reads, { figures, traces: 100 })
      .filter(({ recorded, low, high }) => recorded < low || recorded > high)
      .map(({ figure }) => figure);
    expect(outside).toEqual(
      expect.arrayContaining([
        ...lags.map((lag) => `autocorrelation ${lag} reads apart`),
        ...averaged.slice(1).map((m) => `Allan deviation of ${m} reads`),
        "slope of the spectrum",
      ]),
    );
  });
});
