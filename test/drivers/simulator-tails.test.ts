import { beforeAll, describe, expect, it } from "vitest";
import { deviceModel, loadProfile } from "#calibration";
import { simulatedCore } from "#drivers";
import { inSiemens, seconds, siemens } from "#protocol";
import { poissonBand, upperTail } from "../calibration/statistics.ts";
import { assumed, profileWith, readOutRequest, whole } from "./simulated.ts";

// Each of the 36 counts may leave its band by chance once in 5e6 on either side: one false alarm in 70 000 choices of seeds.
const alarm = 2e-7;
const cols = 256;
const chunk = 1024;
const held = 15e-6;

interface Case {
  readonly engine: "moment" | "per-device";
  readonly law: "gaussian" | "laplace";
  readonly rows: number;
  readonly range: number;
  /** Reads of each column. */
  readonly reads: number;
  readonly deviations: readonly number[];
}

/** P(X > z) in units of its standard deviation. */
const tailOf = { gaussian: upperTail, laplace: (z: number): number => Math.exp(-Math.SQRT2 * z) / 2 };

/** Codes beyond each of so many standard deviations, above and below, with what the law expects of codes there. */
async function counted({ engine, law, rows, range, reads, deviations }: Case) {
  const gaussian = () =>
    profileWith("ideal", (profile) => {
      profile.readNoise = { law: "independent", sigma: assumed(1, "µS") };
    });
  const profile = law === "gaussian" ? await gaussian() : "hfox-tsinghua";
  const core = await simulatedCore({ profile, engine, adcBits: 16, rows, cols, seed: 20 });
  const area = whole(rows, cols);
  core.preset(area, inSiemens(new Float64Array(rows * cols).fill(held)));
  const { dac, adc } = core.descriptor;
  const code = (dac.max * dac.lsb) / (adc.ranges[range]! / 2 ** 15);
  const one = deviceModel(await loadProfile(profile)).readSigma(siemens(held), seconds(0));
  const [mean, sigma] = [rows * held * code, Math.sqrt(rows) * one * code];
  const inputs = new Int16Array(rows).fill(dac.max);
  const request = readOutRequest(area, { repeats: reads, range });
  const beyond: number[] = [];
  const [low, high] = [mean - 2.9 * sigma, mean + 2.9 * sigma];
  for (let first = 0; first < reads; first += chunk) {
    const { codes } = core.readOut(request, inputs, first, chunk);
    for (let i = 0; i < codes.length; i++) if (codes[i]! < low || codes[i]! > high) beyond.push(codes[i]!);
  }
  return deviations.flatMap((z) => {
    // A code stands for what lies within half a code of it: the exact bounds are between codes.
    const above = Math.ceil(mean + z * sigma);
    const below = Math.floor(mean - z * sigma);
    const expected = (distance: number): number => reads * cols * tailOf[law](distance / sigma);
    return [
      { z, seen: beyond.filter((at) => at >= above).length, law: expected(above - 0.5 - mean) },
      { z: -z, seen: beyond.filter((at) => at <= below).length, law: expected(mean - below - 0.5) },
    ];
  });
}

const normal = [3, 3.5, 4, 4.5, 5] as const;
const cases: readonly Case[] = [
  { engine: "moment", law: "gaussian", rows: 16, range: 3, reads: 160 * chunk, deviations: normal },
  { engine: "per-device", law: "gaussian", rows: 1, range: 0, reads: 80 * chunk, deviations: normal },
  {
    engine: "per-device",
    law: "laplace",
    rows: 1,
    range: 0,
    reads: 80 * chunk,
    deviations: [3, 4, 5, 7, 8.5],
  },
  { engine: "moment", law: "laplace", rows: 1, range: 0, reads: 80 * chunk, deviations: [3, 5, 8.5] },
];

describe("tails", () => {
  it("are counted by a law that agrees with the tables: Q(3), Q(5), and a Poisson count of 10", () => {
    expect(upperTail(3)).toBeCloseTo(1.349898031630095e-3, 15);
    expect(upperTail(5) * 1e7).toBeCloseTo(2.866515719, 8);
    // P(count ≤ 2) = 0.00277, P(count ≤ 1) = 0.000499; P(count ≥ 21) = 0.00159, P(count ≥ 22) = 0.00070.
    expect(poissonBand(10, 1e-3)).toEqual([2, 21]);
  });

  describe.each(cases)("of $law noise by the $engine engine, $rows devices a column", (given) => {
    let tails: Awaited<ReturnType<typeof counted>> = [];
    beforeAll(async () => {
      tails = await counted(given);
    });

    it("hold as many reads as the law, beyond 3 … 5 standard deviations and farther, on either side", () => {
      expect(tails.length).toBe(2 * given.deviations.length);
      for (const { z, seen, law } of tails) {
        const [least, most] = poissonBand(law, alarm);
        expect(least, `beyond ${z} standard deviations, expected ${law}`).toBeLessThanOrEqual(seen);
        expect(seen, `beyond ${z} standard deviations, expected ${law}`).toBeLessThanOrEqual(most);
      }
      expect(Math.min(...tails.map(({ law }) => law))).toBeGreaterThan(5);
    });
  });
});
