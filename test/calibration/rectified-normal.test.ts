import { describe, expect, it } from "vitest";
import { randomStream, rectifiedNormal } from "#calibration";
import { rawMoments } from "./statistics.ts";

describe("a normal held at 0 from below", () => {
  // Closed forms at a = 0 (half of it is 0, half a half-normal): 1/√2π, 1/2 − 1/2π, √(2/π) − 3/(2√2π) + 2/(2π)^1.5.
  it("is at mean 0 the rectified standard normal", () => {
    const { mean, variance, third } = rectifiedNormal(0, 1);
    expect(mean).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 14);
    expect(variance).toBeCloseTo(0.5 - 1 / (2 * Math.PI), 14);
    const expected = Math.sqrt(2 / Math.PI) - 1.5 / Math.sqrt(2 * Math.PI) + 2 / (2 * Math.PI) ** 1.5;
    expect(third).toBeCloseTo(expected, 14);
  });

  it("is seven standard deviations up the normal itself, to 1e-12", () => {
    const { mean, variance, third } = rectifiedNormal(14, 2);
    expect(mean / 14).toBeCloseTo(1, 12);
    expect(variance / 4).toBeCloseTo(1, 9);
    expect(Math.abs(third)).toBeLessThan(1e-8);
  });

  // scipy.stats and numeric integration (scipy.integrate.quad), 1e-12: mean, variance, third cumulant for sigma 1.
  it.each([
    [0.25, 0.5363446982236, 0.4451268649263, 0.3853752810256],
    [1, 1.083315470588, 0.7510878078416, 0.378946885494],
    [2.5, 2.502004137179, 0.9887759751606, 0.04163752222601],
    [4.5, 4.500000694212, 0.9999934783722, 4.394265363317e-5],
  ])("has at mean %f the moments of numeric integration", (a, first, second, third) => {
    const moments = rectifiedNormal(3 * a, 3);
    expect(moments.mean / 3).toBeCloseTo(first, 10);
    expect(moments.variance / 9).toBeCloseTo(second, 10);
    expect(moments.third / 27).toBeCloseTo(third, 10);
  });

  it("has the moments of a million draws (five standard errors)", () => {
    const random = randomStream(1, 1);
    const { mean, variance, third } = rectifiedNormal(0.7, 1);
    const draws = Float64Array.from({ length: 1e6 }, () => Math.max(0, 0.7 + random.normal()) - mean);
    const [m1, m2, m3] = rawMoments(draws);
    expect(Math.abs(m1)).toBeLessThan((5 * Math.sqrt(variance)) / 1000);
    expect(Math.abs(m2 - variance)).toBeLessThan((5 * 1.2) / 1000);
    expect(Math.abs(m3 - third)).toBeLessThan((5 * 4) / 1000);
  });

  it("refuses means below 0 and beyond seven standard deviations", () => {
    const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
    expect(() => rectifiedNormal(-0.1, 1)).toThrow(refused);
    expect(() => rectifiedNormal(8, 1)).toThrow(refused);
  });
});
