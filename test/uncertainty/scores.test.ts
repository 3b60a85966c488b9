import { describe, expect, it } from "vitest";
import {
  accuracy,
  apsScores,
  brier,
  conformalQuantile,
  fitTemperature,
  lacScores,
  nll,
} from "../../src/uncertainty/index.ts";
import { labelsA, probabilitiesA } from "./oracles.ts";

describe("proper scores on oracle A", () => {
  it("gives accuracy 0.7, NLL 0.6994914448710757 and Brier 0.4055", () => {
    expect(accuracy(probabilitiesA, labelsA)).toBeCloseTo(0.7, 14);
    expect(nll(probabilitiesA, labelsA)).toBeCloseTo(0.6994914448710757, 14);
    expect(brier(probabilitiesA, labelsA)).toBeCloseTo(0.4055, 14);
  });
  it("agrees with the values that torch-uncertainty documents", () => {
    expect(nll(Float64Array.of(0.7, 0.3, 0.4, 0.6), [0, 1])).toBeCloseTo(0.4338, 4);
    expect(brier(Float64Array.of(0.8, 0.2, 0.3, 0.7), [0, 1])).toBeCloseTo(0.13, 14);
  });
  it("is infinitely surprised by a label to which it gave probability 0", () => {
    expect(nll(Float64Array.of(1, 0), [1])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("temperature scaling", () => {
  it("finds T* = 0.8001758534 on oracle A's log-probabilities, where the NLL is 0.68895184", () => {
    // The oracle prints 0.80017586, from a minimiser that stops on the flat bottom; the root of the slope
    // (scipy.optimize.brentq) is 0.8001758534324677, where the NLL differs in the 16th digit only.
    const temperature = fitTemperature(probabilitiesA.map(Math.log), labelsA);
    expect(temperature).toBeCloseTo(0.8001758534324677, 13);
    expect(temperature).toBeCloseTo(0.80017586, 7);
    const powers = probabilitiesA.map((p) => p ** (1 / temperature));
    const rows = Float64Array.from(powers, (p, i) => {
      const row = Math.floor(i / 3) * 3;
      return p / (powers[row]! + powers[row + 1]! + powers[row + 2]!);
    });
    expect(nll(rows, labelsA)).toBeCloseTo(0.68895184, 8);
  });
  it("scales with the logits", () => {
    const logits = probabilitiesA.map(Math.log);
    const one = fitTemperature(logits, labelsA);
    expect(
      fitTemperature(
        logits.map((z) => 3 * z + 1),
        labelsA,
      ),
    ).toBeCloseTo(3 * one, 9);
  });
  it("refuses logits that no finite temperature makes best", () => {
    expect(() => fitTemperature([2, 1, 1, 2], [0, 1])).toThrow(/best temperature = none lies outside/);
    expect(() => fitTemperature([1, 2, 2, 1], [0, 1])).toThrow(/best temperature/);
  });
});

describe("conformal scores", () => {
  it("gives oracle A's inclusive APS scores and their threshold 0.9 at alpha 0.2", () => {
    const scores = apsScores(probabilitiesA, labelsA);
    const printed = [0.9, 0.8, 0.9, 0.6, 1.0, 0.85, 0.65, 0.8, 0.7, 0.4];
    printed.forEach((score, item) => {
      expect(scores[item]).toBeCloseTo(score, 12);
    });
    expect(conformalQuantile(scores, 0.2)).toBeCloseTo(0.9, 12);
  });
  it("gives oracle D's thresholds, and takes every class when the scores are too few", () => {
    const scores = [0.05, 0.1, 0.15, 0.2, 0.3, 0.35, 0.45, 0.6, 0.9];
    const at = [0.1, 0.2, 0.5, 0.05].map((alpha) => conformalQuantile(scores, alpha));
    expect(at).toEqual([0.9, 0.6, 0.3, Number.POSITIVE_INFINITY]);
  });
  it("counts ranks exactly where (n + 1)(1 − alpha) is not whole in binary", () => {
    const scores = Array.from({ length: 9 }, (_, k) => k + 1);
    expect([0.7, 0.3, 0.6, 0.4].map((alpha) => conformalQuantile(scores, alpha))).toEqual([3, 7, 4, 6]);
  });
  it("scores by one minus the label's probability for least-ambiguous sets", () => {
    expect(Array.from(lacScores(Float64Array.of(0.75, 0.25, 0.5, 0.5), [0, 1]))).toEqual([0.25, 0.5]);
  });
});

describe("what is no probability and no label", () => {
  it("is refused with the item it stands at", () => {
    expect(() => nll(Float64Array.of(0.5, 0.5, 0.5, 0.5), [0, 2])).toThrow(/label 2 of item 1 .* 0 to 1/);
    expect(() => brier(Float64Array.of(0.5, Number.NaN), [0])).toThrow(/NaN is no value in probability/);
    expect(() => brier(Float64Array.of(1.2, -0.2), [0])).toThrow(/1.2 is no value/);
    expect(() => accuracy(Float64Array.of(0.5, 0.25, 0.25), [0, 1])).toThrow(/3 values/);
    expect(() => fitTemperature([1, 2, 3], [0, 1])).toThrow(/logits has shape 3/);
  });
});
