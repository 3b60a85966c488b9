import { describe, expect, it } from "vitest";
import { simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { assumed, profileWith, readOutRequest, whole } from "./simulated.ts";

const withErrors = (inl: number, dnl: number, noise: number) =>
  profileWith("ideal", (profile) => {
    Object.assign(profile.adc as object, {
      errors: { inl: assumed(inl), dnl: assumed(dnl), noise: assumed(noise) },
    });
  });

/** Codes of one column of 2 rows of 25 µS for 1022 inputs from one end of a 10 µA range to the other. */
async function swept(profile: string, tile = 0): Promise<{ codes: Int16Array; exact: Float64Array }> {
  const core = await simulatedCore({ profile });
  const column = whole(2, 1, tile);
  core.preset(column, inSiemens(Float64Array.of(25e-6, 24.5e-6)));
  const inputs = Int16Array.from({ length: 2 * 1022 }, (_, i) => Math.floor(i / 2) - 511);
  const { codes } = core.readOut(readOutRequest(column, { vectors: 1022 }), inputs, 0, 1022);
  const { dac, adc } = core.descriptor;
  const lsb = adc.ranges[0]! / 2048;
  const exact = Float64Array.from({ length: 1022 }, (_, i) => ((i - 511) * dac.lsb * 49.5e-6) / lsb);
  return { codes, exact };
}

describe("the analog-to-digital converter of a profile with errors", () => {
  it("bows by its integral nonlinearity: 6 codes in the middle of its range, none at its ends", async () => {
    const { codes, exact } = await swept(await withErrors(6, 0, 0));
    codes.forEach((code, i) => {
      // A level that stands 4 inl u (1 − u) too high is reached by that much more current: the code comes out lower.
      const u = (code + 2048) / 4095;
      expect(Math.abs(code - exact[i]! + 24 * u * (1 - u))).toBeLessThan(0.6);
    });
  });

  it("has steps of its own on each tile, the same in every replay, that never fall", async () => {
    const profile = await withErrors(0, 0.5, 0);
    const [once, again, other] = await Promise.all([swept(profile), swept(profile), swept(profile, 1)]);
    expect(again.codes).toEqual(once.codes);
    expect(other.codes).not.toEqual(once.codes);
    expect(once.codes.every((code, i) => i === 0 || code >= once.codes[i - 1]!)).toBe(true);
    const wrong = Array.from(once.codes, (code, i) => code - once.exact[i]!);
    // A random walk of 4096 steps of 0.5, tied at both ends, strays by at most 0.25 · √4096 = 16 codes (one sigma).
    expect(Math.max(...wrong.map(Math.abs))).toBeLessThan(5 * 16);
    expect(Math.max(...wrong.map(Math.abs))).toBeGreaterThan(2);
  });

  it("adds noise of 2 codes to each conversion, independent of the next, beside the 1/12 of rounding", async () => {
    const core = await simulatedCore({ profile: await withErrors(0, 0, 2), seed: 3 });
    const on = whole(2, 4);
    core.preset(on, inSiemens(new Float64Array(8).fill(10.3e-6)));
    const request = readOutRequest(on, { repeats: 10_000 });
    const { codes } = core.readOut(request, Int16Array.of(300, 200), 0, 10_000);
    const column = (col: number) => Float64Array.from({ length: 10_000 }, (_, i) => codes[4 * i + col]!);
    for (let col = 0; col < 4; col++) {
      const { mean, variance } = meanAndVariance(column(col));
      expect(Math.abs(variance / (4 + 1 / 12) - 1)).toBeLessThan(5 * Math.sqrt(2 / 10_000));
      const next = column((col + 1) % 4);
      const about = meanAndVariance(next).mean;
      const dot = column(col).reduce((sum, x, i) => sum + (x - mean) * (next[i]! - about), 0);
      expect(Math.abs(dot / 10_000 / variance)).toBeLessThan(5 / 100);
    }
    // Addressed by sample: the second half alone is the second half.
    const half = core.readOut(request, Int16Array.of(300, 200), 5000, 5000);
    expect(half.codes).toEqual(codes.subarray(20_000));
  });
});
