import { describe, expect, it } from "vitest";
import { cmoRelaxation, randomStream, relaxationStep, wanRelaxation } from "#calibration";
import { microsiemens, type Seconds, seconds } from "#protocol";

const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
const [hour, day] = [seconds(3600), seconds(86_400)];

describe("relaxation of CMO/HfOx, table B2", () => {
  it.each([
    [1, 0, 0.412],
    [3600, -0.729, 0.756],
    [86_400, -1.012, 0.889],
  ])("after %d s has the mean %f µS and σ %f µS", (age, mean, sigma) => {
    expect(cmoRelaxation.shift(seconds(age)) * 1e6).toBeCloseTo(mean, 3);
    expect(cmoRelaxation.sigma(microsiemens(50), seconds(age)) * 1e6).toBeCloseTo(sigma, 3);
  });

  it("refuses ages below 1 s, where ln t would push conductances up", () =>
    expect(() => cmoRelaxation.shift(seconds(0.5))).toThrow(refused));
});

describe("relaxation of Wan et al. 2022, table B1", () => {
  it.each([
    [1, [1.56, 2.26, 2.02, 1.53, 1.1]],
    [86_400, [2.45, 3.72, 3.91, 3.37, 2.65]],
    [172_800, [2.41, 3.66, 3.93, 3.37, 2.68]],
  ])("after %d s has the published σ at r = 0.1, 0.25, 0.5, 0.75 and 1", (age, sigmas) => {
    [0.1, 0.25, 0.5, 0.75, 1].forEach((r, i) => {
      const sigma = wanRelaxation.sigma(microsiemens(40 * r), seconds(age)) * 1e6;
      expect(Math.abs(sigma - sigmas[i]!)).toBeLessThan(0.008);
    });
  });

  it("gathers variance evenly in ln t between 1 s and a day", () => {
    const g = microsiemens(20);
    const at = (age: number): number => wanRelaxation.sigma(g, seconds(age)) ** 2;
    expect(at(Math.sqrt(86_400)) / ((at(1) + at(86_400)) / 2)).toBeCloseTo(1, 12);
  });

  it("refuses conductances above 40 µS and ages beyond two days", () => {
    expect(() => wanRelaxation.sigma(microsiemens(41), day)).toThrow(refused);
    expect(() => wanRelaxation.shift(seconds(3e5))).toThrow(refused);
  });
});

/** Gains of `count` cells at the looks, cells × looks, in µS. */
function walks(looks: readonly Seconds[], count: number, seed: number): number[][] {
  const random = randomStream(seed, 10);
  return Array.from({ length: count }, () => {
    let gained = 0;
    return looks.map((to, i) => {
      const step = relaxationStep(cmoRelaxation, microsiemens(50), { from: looks[i - 1] ?? seconds(0), to });
      gained += (step.shift + step.sigma * random.normal()) * 1e6;
      return gained;
    });
  });
}
const covariance = (pairs: readonly (readonly number[])[], a: number, b: number): number => {
  const mean = (k: number): number => pairs.reduce((sum, walk) => sum + walk[k]!, 0) / pairs.length;
  const [ma, mb] = [mean(a), mean(b)];
  return pairs.reduce((sum, walk) => sum + (walk[a]! - ma) * (walk[b]! - mb), 0) / pairs.length;
};

describe("relaxation as a walk in ln t", () => {
  // 20 000 cells; every bound is five standard errors: a false alarm in 1.7e6 runs each.
  const count = 20_000;
  const sigma = (age: Seconds): number => cmoRelaxation.sigma(microsiemens(50), age) * 1e6;

  it("has the law's spread at a day, whether or not anyone looked before", () => {
    for (const looks of [[day], [seconds(10), hour, day], [seconds(1), seconds(2), seconds(3), day]]) {
      const found = walks(looks, count, looks.length);
      const last = looks.length - 1;
      expect(Math.abs(covariance(found, last, last) / sigma(day) ** 2 - 1)).toBeLessThan(
        5 * Math.sqrt(2 / count),
      );
      const mean = found.reduce((sum, walk) => sum + walk[last]!, 0) / count;
      expect(Math.abs(mean + 1.0115)).toBeLessThan(5 * (sigma(day) / Math.sqrt(count)) + 0.0005);
    }
  });

  it("keeps between two looks what the first one saw: their covariance is the variance of the earlier", () => {
    const found = walks([seconds(10), day], count, 7);
    const earlier = sigma(seconds(10)) ** 2;
    const error = Math.sqrt((earlier * sigma(day) ** 2 + earlier ** 2) / count);
    expect(Math.abs(covariance(found, 0, 1) - earlier)).toBeLessThan(5 * error);
  });

  it("counts every age below 1 s as 1 s, and nothing at the verify itself", () => {
    const g = microsiemens(50);
    const first = relaxationStep(cmoRelaxation, g, { from: seconds(0), to: seconds(0.01) });
    expect(first.shift).toBeCloseTo(0, 20);
    expect(first.sigma * 1e6).toBeCloseTo(0.41183342, 8);
    expect(relaxationStep(cmoRelaxation, g, { from: seconds(0.01), to: seconds(1) }).sigma).toBe(0);
    expect(relaxationStep(cmoRelaxation, g, { from: seconds(0), to: seconds(0) }).sigma).toBe(0);
  });

  it("stands still where a published σ falls, and never looks back", () => {
    const falling = relaxationStep(wanRelaxation, microsiemens(4), { from: day, to: seconds(172_800) });
    expect(falling.sigma).toBe(0);
    expect(() => relaxationStep(cmoRelaxation, microsiemens(4), { from: day, to: hour })).toThrow(refused);
  });
});
