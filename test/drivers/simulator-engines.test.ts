import { describe, expect, it } from "vitest";
import { rectifiedNormal } from "#calibration";
import { simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { ksCritical, ksTwoSample, meanAndVariance, normalCdf } from "../calibration/statistics.ts";
import { assumed, currents, profileWith, readOutRequest, whole } from "./simulated.ts";

// Seeds are fixed. KS at 1e-5; all other bounds are five standard errors (6e-7), of which a run makes about 200.
const root = Math.sqrt;
const cols = 3;
const repeats = 6000;

/** Conductances near 0 S under noise that does not fall with them: many reads are held at 0. */
const clipping = () =>
  profileWith("ideal", (profile) => {
    profile.readNoise = { law: "independent", sigma: assumed(2, "µS") };
  });

interface Case {
  readonly profile: string;
  readonly rows: number;
  /** Conductances lie between these, in µS. */
  readonly least: number;
  readonly most: number;
}

/** Two vectors, `repeats` reads each, by one engine: currents[vector][col], in amperes. */
async function drawn(engine: "moment" | "per-device", seed: number, { profile, rows, least, most }: Case) {
  const core = await simulatedCore({ profile, engine, seed, adcBits: 16 });
  const on = whole(rows, cols);
  const span = most - least;
  const held = Float64Array.from({ length: rows * cols }, (_, i) => (least + ((i * 0.37) % 1) * span) * 1e-6);
  core.preset(on, inSiemens(held));
  const { max } = core.descriptor.dac;
  const inputs = Int16Array.from({ length: 2 * rows }, (_, i) =>
    Math.round(max * (0.2 + ((i * 0.61) % 0.8))),
  );
  const range = core.descriptor.adc.ranges.findIndex((each) => each >= rows * most * 0.199e-6);
  const read = currents(core, readOutRequest(on, { vectors: 2, repeats, range }), inputs);
  const series = (vector: number, col: number) =>
    Float64Array.from({ length: repeats }, (_, r) => read[(vector * repeats + r) * cols + col]!);
  return {
    drawn: core.drawn,
    series: [0, 1].map((vector) => Array.from({ length: cols }, (_, col) => series(vector, col))),
  };
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [x, y] = [meanAndVariance(a), meanAndVariance(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - x.mean) * (b[i]! - y.mean);
  return sum / a.length / root(x.variance * y.variance);
}

const cases: readonly (readonly [string, () => Promise<Case>])[] = [
  [
    "hfox-tsinghua, 128 Laplace devices",
    async () => ({ profile: "hfox-tsinghua", rows: 128, least: 2, most: 20 }),
  ],
  ["pcm-hermes, 64 devices", async () => ({ profile: "pcm-hermes", rows: 64, least: 0.5, most: 10 })],
  ["cmo-hfox, 3 devices", async () => ({ profile: "cmo-hfox", rows: 3, least: 8, most: 90 })],
  [
    "rram-wan2022, columns with gains and offsets",
    async () => ({ profile: "rram-wan2022", rows: 48, least: 2, most: 30 }),
  ],
  ["clipped reads, 200 devices", async () => ({ profile: await clipping(), rows: 200, least: 0, most: 5 })],
];

describe.each(cases)("the two engines agree for %s", (_, given) => {
  const both = async () => {
    const which = await given();
    return Promise.all([drawn("moment", 31, which), drawn("per-device", 31, which)]);
  };

  it("in mean, variance, distribution and tails of every column and vector", async () => {
    const [moment, device] = await both();
    expect(moment.drawn).toEqual({ moment: 2 * repeats, perDevice: 0 });
    expect(device.drawn).toEqual({ moment: 0, perDevice: 2 * repeats });
    for (const vector of [0, 1] as const)
      for (let col = 0; col < cols; col++) {
        const [x, y] = [moment.series[vector]![col]!, device.series[vector]![col]!];
        const [a, b] = [meanAndVariance(x), meanAndVariance(y)];
        expect(Math.abs(a.mean - b.mean)).toBeLessThan(5 * root((a.variance + b.variance) / repeats));
        expect(Math.abs(a.variance / b.variance - 1)).toBeLessThan(
          5 * root((2 * (Math.max(a.kurtosis, b.kurtosis) - 1)) / repeats),
        );
        // What the engines may differ by, 0.003, is below what KS sees here, 0.045.
        expect(ksTwoSample(x, y) * root(repeats / 2)).toBeLessThan(ksCritical);
        for (const z of [2, 3]) {
          const beyond = [x, y].map(
            (series) => series.filter((value) => Math.abs(value - b.mean) > z * root(b.variance)).length,
          );
          const expected = 2 * repeats * (1 - normalCdf(z));
          expect(Math.abs(beyond[0]! - beyond[1]!)).toBeLessThan(5 * root(2 * expected) + 3);
        }
      }
  });

  it("in that fresh noise has no correlation: between columns, inputs, and successive reads", async () => {
    for (const { series } of await both()) {
      const bound = 5 / root(repeats);
      for (let col = 0; col < cols; col++) {
        const own = series[0]![col]!;
        expect(Math.abs(correlation(own, series[0]![(col + 1) % cols]!))).toBeLessThan(bound);
        expect(Math.abs(correlation(own, series[1]![col]!))).toBeLessThan(bound);
        expect(Math.abs(correlation(own.subarray(1), own.subarray(0, -1)))).toBeLessThan(bound);
      }
    }
  });
});

describe("reads that are held at 0 S", () => {
  const held = (rows: number) => inSiemens(new Float64Array(rows).fill(1e-6));
  const column = async (engine: "auto" | "moment" | "per-device", rows: number, inputs: Int16Array) => {
    const core = await simulatedCore({ profile: await clipping(), engine, seed: 5, adcBits: 16 });
    core.preset(whole(rows, 1), held(rows));
    const request = readOutRequest(whole(rows, 1), { repeats: 20_000, range: rows > 100 ? 6 : 0 });
    return { core, read: currents(core, request, inputs) };
  };

  it.each(["moment", "per-device"] as const)(
    "have the rectified normal's mean and variance by the %s engine: 1 µS under 2 µS of noise",
    async (engine) => {
      const { read } = await column(engine, 16, new Int16Array(16).fill(511));
      const { mean, variance } = meanAndVariance(read);
      const one = rectifiedNormal(1e-6, 2e-6);
      expect(one.mean / 1e-6).toBeCloseTo(1.396, 3);
      const expected = 16 * 0.2 ** 2 * one.variance;
      expect(Math.abs(mean - 16 * 0.2 * one.mean)).toBeLessThan(5 * root(expected / 20_000));
      expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * root(2.5 / 20_000));
    },
  );

  it("are never below 0 one by one, and read the same way cell by cell", async () => {
    const { core, read } = await column("per-device", 1, Int16Array.of(511));
    expect(Math.min(...read)).toBe(0);
    const { conductances } = core.readCells({ ...whole(1, 1), repeats: 20_000 });
    expect(Math.min(...Array.from(conductances))).toBe(0);
    const { mean } = meanAndVariance(Array.from(conductances, (count) => count * 1e-9));
    const one = rectifiedNormal(1e-6, 2e-6);
    expect(Math.abs(mean - one.mean)).toBeLessThan(5 * root(one.variance / 20_000) + 1e-9);
  });

  it("go by device where the sum is skewed, and by moments where inputs of both signs take the skewness away", async () => {
    const same = await column("auto", 256, new Int16Array(256).fill(511));
    expect(same.core.drawn).toEqual({ moment: 0, perDevice: 20_000 });
    const both = await column("auto", 256, new Int16Array(256).fill(511).fill(-511, 128));
    expect(both.core.drawn).toEqual({ moment: 20_000, perDevice: 0 });
  });
});
