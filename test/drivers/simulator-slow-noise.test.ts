import { describe, expect, it } from "vitest";
import { flickerNoise, ouCovariance, virtualClock } from "#calibration";
import { simulatedCore } from "#drivers";
import { inSiemens, seconds } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { assumed, currents, profileWith, readOutRequest, whole } from "./simulated.ts";

// Seeds are fixed; bounds are five standard errors (6e-7).
const on = whole(32, 32);
const held = inSiemens(new Float64Array(1024).fill(50e-6));
const unbroken = (profile: Record<string, unknown>): void => {
  Object.assign(profile.stuck as object, { low: assumed(0), high: assumed(0) });
  delete profile.lines;
  delete (profile.adc as Record<string, unknown>).errors;
};
const flickering = () =>
  profileWith("rram-taox-arc", (profile) => {
    unbroken(profile);
    delete profile.telegraph;
  });
const processes = flickerNoise({ sigma: 0.004, fastest: seconds(0.05), slowest: seconds(50), slope: 0.83 });

async function board(profile: string, engine: "moment" | "per-device" = "moment") {
  const clock = virtualClock();
  const core = await simulatedCore({ profile, engine, seed: 8, adcBits: 16 }, clock);
  core.preset(on, held);
  return { core, wait: (span: number) => clock.advance(seconds(span)) };
}

describe("1/f noise of the cells", () => {
  it.each([0.05, 0.5, 5, 50])(
    "has variance (0.4 %)² and between looks %f s apart the covariance of its processes",
    async (lag) => {
      const { core, wait } = await board(await flickering());
      let [pairs, product, square] = [0, 0, 0];
      for (let k = 0; k < 20; k++) {
        wait(1000);
        const first = core.conductances(on).map((g) => g / 50e-6 - 1);
        wait(lag);
        const second = core.conductances(on).map((g) => g / 50e-6 - 1);
        first.forEach((x, i) => {
          product += x * second[i]!;
          square += x * x;
        });
        pairs += first.length;
      }
      expect(Math.abs(square / pairs / 0.004 ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / pairs));
      const expected = ouCovariance(processes, seconds(lag)) / 0.004 ** 2;
      expect(Math.abs(product / pairs / 0.004 ** 2 - expected)).toBeLessThan(5 * Math.sqrt(2 / pairs));
    },
  );

  it("stands still while less than 1/64 of its shortest correlation time passes", async () => {
    const { core, wait } = await board(await flickering());
    wait(10);
    const seen = core.conductances(on);
    wait(0.05 / 65);
    expect(core.conductances(on)).toEqual(seen);
    wait(0.05 / 65);
    expect(core.conductances(on)).not.toEqual(seen);
  });
});

describe.each(["moment", "per-device"] as const)("read-outs drawn by the %s engine", (engine) => {
  it("share slow noise between bursts as its covariance says, and no fresh noise at all", async () => {
    const { core, wait } = await board(await flickering(), engine);
    const request = readOutRequest(on, { repeats: 16, range: 5 });
    const driven = new Int16Array(32).fill(63);
    const bursts: { means: number[]; residuals: number[] }[] = [];
    for (let k = 0; k < 60; k++) {
      // 0.4 s within a pair; 1000 s to the next.
      wait(k % 2 === 0 ? 1000 : 0.4);
      const read = currents(core, { ...request, firstSample: 16 * k }, driven);
      const means = Array.from({ length: 32 }, (_, col) => {
        let sum = 0;
        for (let r = 0; r < 16; r++) sum += read[r * 32 + col]! / 16;
        return sum;
      });
      bursts.push({ means, residuals: Array.from(read, (x, i) => x - means[i % 32]!) });
    }
    const ideal = 32 * 50e-6 * 0.5;
    const relative = bursts.map(({ means }) => means.map((mean) => mean / ideal - 1));
    const count = 60 * 32;
    const power = relative.flat().reduce((sum, x) => sum + x * x, 0) / count;
    // A column averages 32 devices; 16 reads leave 1/16 of the fresh 1 %.
    expect(Math.abs(power / ((0.004 ** 2 + 0.01 ** 2 / 16) / 32) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    let shared = 0;
    for (let k = 0; k < 60; k += 2)
      relative[k]!.forEach((x, col) => {
        shared += (x * relative[k + 1]![col]!) / (count / 2);
      });
    const spent = seconds(0.4 + 16e-3);
    expect(Math.abs(shared - ouCovariance(processes, spent) / 32)).toBeLessThan(
      (5 * power) / Math.sqrt(count / 2),
    );
    const fresh = bursts.map(({ residuals }) => residuals);
    const variance = fresh.flat().reduce((sum, x) => sum + x * x, 0) / (60 * 15 * 32);
    expect(Math.abs(variance / (32 * (0.01 * 50e-6 * 0.5) ** 2) - 1)).toBeLessThan(
      5 * Math.sqrt(2 / (60 * 15 * 32)),
    );
    // Successive reads of a burst, and the same places of two bursts: correlation 0 (−1/15 by taking the mean away).
    let [next, across] = [0, 0];
    fresh.forEach((residuals, k) => {
      for (let i = 32; i < 512; i++) next += residuals[i]! * residuals[i - 32]!;
      if (k % 2 === 0)
        residuals.forEach((x, i) => {
          across += x * fresh[k + 1]![i]!;
        });
    });
    const n = 60 * 480;
    expect(Math.abs(next / n / variance + 1 / 16)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(across / (30 * 512) / variance)).toBeLessThan(5 / Math.sqrt(30 * 512));
  });
});

describe("telegraph noise of the cells", () => {
  it("gives a cell with a trap two levels, a cell without one level, at the profile's share (binomial)", async () => {
    const profile = await profileWith("rram-taox-arc", (changed) => {
      unbroken(changed);
      delete changed.flicker;
      Object.assign(changed.telegraph as object, { share: assumed(0.2), amplitude: assumed(0.05) });
    });
    const { core, wait } = await board(profile);
    const levels = Array.from({ length: 1024 }, () => new Set<number>());
    for (let look = 0; look < 300; look++) {
      wait(1);
      core.conductances(on).forEach((g, i) => {
        levels[i]!.add(g);
      });
    }
    expect(Math.max(...levels.map((each) => each.size))).toBe(2);
    const two = levels.filter((each) => each.size === 2);
    // Traps that did not move in 300 s are missed: with times of 10 ms … 10 s at most one in a hundred.
    expect(Math.abs(two.length - 0.2 * 1024)).toBeLessThan(5 * Math.sqrt(0.2 * 0.8 * 1024) + 2);
    const steps = two.map((each) => Math.log(Math.abs([...each][0]! - [...each][1]!) / 50e-6));
    const { mean, variance } = meanAndVariance(steps);
    expect(Math.abs(mean - Math.log(0.05))).toBeLessThan((5 * 0.7) / Math.sqrt(two.length));
    expect(Math.abs(Math.sqrt(variance) / 0.7 - 1)).toBeLessThan(5 * Math.sqrt(1 / (2 * two.length)));
  });

  it("is refused in a profile whose fastest time lies above its slowest", async () => {
    const profile = await profileWith("rram-taox-arc", (changed) => {
      Object.assign(changed.telegraph as object, { fastest: assumed(20, "s") });
    });
    await expect(simulatedCore({ profile })).rejects.toMatchObject({
      code: "PROFILE_INVALID",
      message: expect.stringContaining("telegraph.fastest"),
    });
  });
});
