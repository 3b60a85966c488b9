import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import { effectiveSamples, splitRhat } from "../../src/uncertainty/index.ts";

/** A stationary AR(1) series, whose integrated autocorrelation time is (1 + φ)/(1 − φ). */
function autoregressive(phi: number, length: number, seed: number): Float64Array {
  const random = randomStream(seed, 201);
  const out = new Float64Array(length);
  let last = random.normal() / Math.sqrt(1 - phi * phi);
  for (let k = 0; k < length; k++) {
    last = phi * last + random.normal();
    out[k] = last;
  }
  return out;
}

describe("effective samples", () => {
  // The estimate's relative spread over seeds is about 3 % at 20 000 values; 12 % is four of it.
  it.each([0, 0.5, 0.8, 0.95])("are n (1 − φ)/(1 + φ) of an AR(1) series with φ = %d", (phi) => {
    const found = effectiveSamples(autoregressive(phi, 20_000, 11)) / 20_000;
    expect(found / ((1 - phi) / (1 + phi))).toBeGreaterThan(0.88);
    expect(found / ((1 - phi) / (1 + phi))).toBeLessThan(1.12);
  });
  it("are more than n for a series that alternates, but no more than n log₁₀ n", () => {
    const found = effectiveSamples(autoregressive(-0.5, 20_000, 12)) / 20_000;
    expect(found).toBeGreaterThan(2.6);
    expect(found).toBeLessThan(3.4);
    const strict = Array.from({ length: 100 }, (_, k) => (k % 2 ? 1 : -1));
    expect(effectiveSamples(strict)).toBeCloseTo(200, 9);
  });
  it("follow Geyer's pairs by hand: 1 2 3 4 5 6 has Γ₀/γ₀ = 1.5 and Γ₁ < 0, so τ = 2", () => {
    // Centred ±2.5 ±1.5 ±0.5: γ₀ = 17.5/6, γ₁ = 8.75/6, γ₂ = 1/6, γ₃ = −4.75/6… : Γ₀ = 1.5 γ₀, Γ₁ = −0.214 γ₀.
    expect(effectiveSamples([1, 2, 3, 4, 5, 6])).toBeCloseTo(3, 12);
  });
  it("let no pair of lags count for more than the one before (numpy: 8.25 if it did)", () => {
    expect(effectiveSamples([3, 3, 3, 4, 2, 4, 0, 1, 1, 4, 0, 0])).toBeCloseTo(10.379725799750723, 12);
  });
  it("are all of them for a constant series, or one too short to tell, and NaN where a value is", () => {
    expect(effectiveSamples([2, 2, 2, 2, 2])).toBe(5);
    expect(effectiveSamples([1, 2, 3])).toBe(3);
    expect(effectiveSamples([1, Number.NaN, 3, 4, 5])).toBeNaN();
  });
  it("do not depend on unit or sign", () => {
    const series = autoregressive(0.7, 500, 13);
    const scaled = effectiveSamples(series.map((x) => -3e-9 * x + 5e-9));
    expect(scaled / effectiveSamples(series)).toBeCloseTo(1, 9);
  });
});

describe("split-R̂", () => {
  it("is √(7/6) by hand for 1 2 3, 2 3 4 and near 1 for a series that does not wander", () => {
    // W = 1, means 2 and 3: B/h = 0.5; (2/3 · 1 + 0.5)/1.
    expect(splitRhat([1, 2, 3, 2, 3, 4])).toBeCloseTo(Math.sqrt(2 / 3 + 0.5), 14);
    expect(splitRhat(autoregressive(0, 10_000, 14))).toBeLessThan(1.001);
  });
  it("exceeds 1.01 for a drift of half a standard deviation", () => {
    const series = autoregressive(0, 2000, 15).map((x, k) => x + (k < 1000 ? 0 : 0.5));
    expect(splitRhat(series)).toBeGreaterThan(1.01);
  });
  it("is undefined for a constant series", () => {
    expect(splitRhat([1, 1, 1, 1])).toBeNaN();
  });
});
