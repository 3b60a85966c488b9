import { describe, expect, it } from "vitest";
import { accumulated, randomStream } from "#calibration";
import { simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { ksCritical, ksTwoSample, meanAndVariance } from "../calibration/statistics.ts";
import { assumed, currents, profileWith, readOutRequest, whole } from "./simulated.ts";

const full = 25e-6;
/** Current of one term of "1" in these tests: 50 DAC codes through a cell of 25 µS. */
const unit = (50 * 0.2 * full) / 511;
const gathering = (limit: number, kept = 1, sigma = 0) =>
  profileWith("ideal", (profile) => {
    profile.accumulator = { limit: assumed(limit, "A"), kept: assumed(kept) };
    if (sigma > 0) profile.readNoise = { law: "independent", sigma: assumed(sigma, "µS") };
  });

/** The sum of `terms`, row by row through one column, by a board of this profile. */
async function gathered(profile: string, terms: readonly number[]): Promise<number> {
  const core = await simulatedCore({ profile, adcBits: 16 });
  const column = whole(terms.length, 1);
  core.preset(column, inSiemens(new Float64Array(terms.length).fill(full)));
  const codes = Int16Array.from(terms, (term) => 50 * term);
  return currents(core, readOutRequest(column, { range: 3 }), codes)[0]! / unit;
}

describe("columns that gather their rows one after another", () => {
  // papers.md §4: within ± 10, 8 + 8 − 8 is 2, 8 − 8 + 8 is 8, and 8 where order is ignored.
  it("lose what saturates on the way: the same rows in two orders give 2 and 8", async () => {
    const limited = await gathering(10 * unit);
    expect(await gathered(limited, [8, 8, -8])).toBeCloseTo(2, 2);
    expect(await gathered(limited, [8, -8, 8])).toBeCloseTo(8, 2);
    expect(await gathered(limited, [-8, 8, 8])).toBeCloseTo(8, 2);
    expect(await gathered(limited, [8, 8, 8])).toBeCloseTo(10, 2);
    for (const order of [
      [8, 8, -8],
      [8, -8, 8],
    ])
      expect(await gathered("ideal", order)).toBeCloseTo(8, 2);
  });

  it("leak what came early: Σ λ^(n−1−t) term_t", async () => {
    const leaking = await gathering(1000 * unit, 0.9);
    const terms = [9, -4, 7, 0, 3];
    const law = terms.reduce((charge, term) => 0.9 * charge + term, 0);
    expect(await gathered(leaking, terms)).toBeCloseTo(law, 2);
    expect(await gathered(leaking, [...terms].reverse())).toBeCloseTo(
      9 + 0.9 * -4 + 0.81 * 7 + 0.9 ** 4 * 3,
      2,
    );
  });

  it("spread, over orders of the same rows, further than their rounding, and not at all where nothing saturates or leaks", async () => {
    const terms = [9, -7, 8, -9, 6, 5, -8, 9, -6, 4];
    const spread = async (profile: string): Promise<number> => {
      const sums = await Promise.all(
        terms.map((_, k) => gathered(profile, [...terms.slice(k), ...terms.slice(0, k)])),
      );
      return Math.max(...sums) - Math.min(...sums);
    };
    const code = 80e-6 / 2 ** 15 / unit;
    expect(await spread(await gathering(10 * unit))).toBeGreaterThan(100 * code);
    expect(await spread(await gathering(1000 * unit))).toBeLessThanOrEqual(1.01 * code);
  });

  it.each([
    [1000, 1],
    [1000, 0.95],
    [6, 0.95],
  ])(
    "carry their devices' noise through, limit %f and λ %f: as a simulation of the law in plain numbers",
    async (limit, kept) => {
      const [rows, repeats] = [12, 8000];
      const profile = await gathering(limit * unit, kept, 2);
      const core = await simulatedCore({ profile, adcBits: 16, seed: 4 });
      const column = whole(rows, 2);
      const held = Float64Array.from({ length: 2 * rows }, (_, i) => (15 + (i % 9)) * 1e-6);
      core.preset(column, inSiemens(held));
      const codes = Int16Array.from({ length: rows }, (_, i) => 100 * (((i * 5) % 7) - 3));
      const request = readOutRequest(column, { repeats, range: 2 });
      const read = currents(core, request, codes);
      const random = randomStream(99, 1);
      const volt = core.descriptor.dac.lsb;
      for (let col = 0; col < 2; col++) {
        const law = Float64Array.from({ length: repeats }, () => {
          const terms = Array.from(
            codes,
            (code, i) => code * volt * (held[2 * i + col]! + 2e-6 * random.normal()),
          );
          return accumulated(terms, { limit: limit * unit, kept });
        });
        const board = Float64Array.from({ length: repeats }, (_, r) => read[2 * r + col]!);
        const [a, b] = [meanAndVariance(board), meanAndVariance(law)];
        expect(Math.abs(a.mean - b.mean)).toBeLessThan(5 * Math.sqrt((a.variance + b.variance) / repeats));
        const kurtosis = Math.max(a.kurtosis, b.kurtosis);
        expect(Math.abs(a.variance / b.variance - 1)).toBeLessThan(
          5 * Math.sqrt((2 * (kurtosis - 1)) / repeats),
        );
        // Ties at the limit stand half a code apart at most: both are rounded to the board's codes.
        const lsb = core.descriptor.adc.ranges[2]! / 2 ** 15;
        expect(
          ksTwoSample(
            board,
            law.map((x) => Math.round(x / lsb) * lsb),
          ) * Math.sqrt(repeats / 2),
        ).toBeLessThan(ksCritical);
        if (limit === 1000 && kept < 1) {
          const exact = codes.reduce(
            (sum, code, i) => sum + (kept ** (rows - 1 - i) * code * volt * 2e-6) ** 2,
            0,
          );
          expect(Math.abs(a.variance / exact - 1)).toBeLessThan(5 * Math.sqrt(2 / repeats) + 1e-3);
        }
      }
      expect(core.drawn).toEqual({ moment: 0, perDevice: repeats });
      const all = core.readOut(request, codes, 0, repeats).codes;
      expect(core.readOut({ ...request }, codes, 1234, 100).codes).toEqual(all.subarray(2468, 2668));
    },
  );

  it("are converted with new noise in every sample, the same for any part asked alone", async () => {
    const zero = assumed(0);
    const profile = await profileWith("ideal", (json) => {
      json.accumulator = { limit: assumed(1e-3, "A"), kept: assumed(1) };
      Object.assign(json.adc as object, { errors: { inl: zero, dnl: zero, noise: assumed(5) } });
    });
    const core = await simulatedCore({ profile, adcBits: 16 });
    const request = readOutRequest(whole(3, 1), { repeats: 640 });
    const { codes } = core.readOut(request, new Int16Array(3).fill(9), 0, 640);
    const { variance } = meanAndVariance(codes);
    expect(Math.abs(variance / (25 + 1 / 12) - 1)).toBeLessThan(5 * Math.sqrt(2 / 640));
    expect(codes.subarray(64, 128)).not.toEqual(codes.subarray(0, 64));
    expect(core.readOut({ ...request }, new Int16Array(3).fill(9), 70, 100).codes).toEqual(
      codes.subarray(70, 170),
    );
  });

  it("have no moments of their own: a board asked for that engine says so", async () => {
    const profile = await gathering(unit);
    await expect(simulatedCore({ profile, engine: "moment" })).rejects.toMatchObject({
      code: "OPTION_INVALID",
    });
    expect((await simulatedCore({ profile: await gathering(unit, 1, 1) })).descriptor.firmware).toMatch(
      /per-device/,
    );
  });
});
