import { describe, expect, it } from "vitest";
import { virtualClock } from "#calibration";
import { type SimulatedCore, simulatedCore } from "#drivers";
import { inSiemens, seconds } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { currents, programmed, readOutRequest, whole } from "./simulated.ts";

const day = 86_400;
const on = whole(64, 64);
const errors = (core: SimulatedCore, target: number): number[] =>
  Array.from(core.conductances(on), (g) => g * 1e6 - target).filter((error) => Math.abs(error) < 9);
/** Seeds are fixed; five standard errors of a variance of n Gaussians, 6e-7. */
const fiveOf = (n: number): number => 5 * Math.sqrt(2 / n);

/** A core, programmed to `target` µS, and a way to let it grow old. */
async function board(profile: string, target: number, tolerance: number) {
  const clock = virtualClock();
  const core = await simulatedCore({ profile, seed: 6 }, clock);
  const counts = Math.round((target * 1e-6) / core.descriptor.conductance.lsb);
  const targets = new Int16Array(4096).fill(counts);
  const { lsb } = core.descriptor.conductance;
  programmed(core, { ...on, targets, tolerance: Math.round((tolerance * 1e-6) / lsb), maxPulses: 300 });
  const end = clock.now();
  return { core, until: (age: number) => clock.advance(seconds(end + age - clock.now())) };
}

describe("relaxation of rram-wan2022", () => {
  // reference/physics.md B1. The last cells are a second younger than the first, of ages of half a minute and more.
  it.each([
    [10, 3.72],
    [20, 3.91],
    [30, 3.37],
  ])("leaves cells at %f µS the published standard deviation of %f µS after a day", async (target, sigma) => {
    const { core, until } = await board("rram-wan2022", target, 1);
    until(day);
    const found = errors(core, target);
    // Cells farther out than 9 µS (0.02 … 0.8 %, and the stuck ones) are cut: a Gaussian loses that much variance.
    const z = 9 / sigma;
    const tail = (2 * z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
    const { mean, variance } = meanAndVariance(found);
    expect(Math.abs(variance / (sigma ** 2 * (1 - tail)) - 1)).toBeLessThan(fiveOf(found.length) + 0.02);
    expect(Math.abs(mean)).toBeLessThan((5 * sigma) / 64);
  });

  it("is one walk: increments between looks are independent, and their variances add up however often one looks", async () => {
    const often = await board("rram-wan2022", 20, 1);
    const looks: Float64Array[] = [];
    for (const age of [60, 600, 6000, 30_000, day]) {
      often.until(age);
      looks.push(often.core.conductances(on));
    }
    const step = (from: number, to: number) => looks[to]!.map((g, i) => (g - looks[from]![i]!) * 1e6);
    const [first, second] = [step(0, 2), step(2, 4)];
    // σ²(t) goes as ln t: (3.91² − 2.02²) / ln 86400 µS² an e-fold.
    const rate = (3.91 ** 2 - 2.02 ** 2) / Math.log(day);
    // 2 %: the polynomial varies over the cells' own spread about 20 µS.
    for (const [walk, efolds] of [
      [first, Math.log(100)],
      [second, Math.log(day / 6000)],
      [step(0, 4), Math.log(day / 60)],
    ] as const)
      expect(Math.abs(meanAndVariance(walk).variance / (rate * efolds) - 1)).toBeLessThan(
        fiveOf(4096) + 0.04,
      );
    const dot = first.reduce((sum, x, i) => sum + x * second[i]!, 0);
    const size = Math.sqrt(meanAndVariance(first).variance * meanAndVariance(second).variance);
    expect(Math.abs(dot / 4096 / size) * 64).toBeLessThan(5);
  });

  it("does not move between two looks at the same time, and replays from its seed", async () => {
    const take = async () => {
      const { core, until } = await board("rram-wan2022", 20, 1);
      until(1000);
      const seen = core.conductances(on);
      expect(core.conductances(on)).toEqual(seen);
      return seen;
    };
    expect(await take()).toEqual(await take());
  });

  it("shows in read-outs as it shows in the cells, to within the stated 2^-10 of the window", async () => {
    const clock = virtualClock();
    const core = await simulatedCore({ profile: "cmo-hfox", seed: 3, adcBits: 16 }, clock);
    core.preset(on, inSiemens(new Float64Array(4096).fill(20e-6)));
    const cols = { ...on, cols: 2 };
    for (const t of [1, 30, 31, 300, 3000, day]) {
      clock.advance(seconds(t - clock.now()));
      const read = currents(
        core,
        readOutRequest(cols, { repeats: 400, range: 5 }),
        new Int16Array(64).fill(127),
      );
      const now = core.conductances(cols);
      for (let col = 0; col < 2; col++) {
        let sum = 0;
        for (let row = 0; row < 64; row++) sum += now[row * 2 + col]! * 0.2;
        const { mean, variance } = meanAndVariance(read.filter((_, i) => i % 2 === col));
        const stale = 5 * 8 * 0.2 * 90e-6 * 2 ** -10;
        expect(Math.abs(mean - sum)).toBeLessThan(5 * Math.sqrt(variance / 400) + stale);
      }
    }
  });
});

describe("relaxation of cmo-hfox", () => {
  it.each([
    [3600, -0.729, 0.756],
    [day, -1.012, 0.889],
  ])("at %i s has the published mean of %f µS and standard deviation of %f µS", async (age, mean, sigma) => {
    const { core, until } = await board("cmo-hfox", 50, 0.1);
    until(age);
    const found = meanAndVariance(errors(core, 50));
    // Programming adds 0.054 µS, and 1/f noise what it has gathered beyond one read, of 0.233 µS after a day.
    const noise = (0.0277316 * Math.log10(50)) ** 2 * (Math.log(age / 2e-6) - Math.log(6e-6 / 2e-6));
    const whole = sigma ** 2 + 0.054 ** 2 + noise;
    expect(Math.abs(found.variance / whole - 1)).toBeLessThan(fiveOf(4096) + 0.01);
    expect(Math.abs(found.mean - mean)).toBeLessThan(5 * Math.sqrt(whole / 4096) + 0.01);
  });
});
