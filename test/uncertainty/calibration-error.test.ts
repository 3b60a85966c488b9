import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ace, binOf, calibrationError, classwiseEce, ece } from "../../src/uncertainty/index.ts";
import { labelsA, probabilitiesA } from "./oracles.ts";

/** Binary probabilities whose predicted class has these confidences; `right` says whether it is the label. */
const binary = (confidence: readonly number[], right: readonly boolean[]) => ({
  probabilities: Float64Array.from(confidence.flatMap((p) => [p, 1 - p])),
  labels: right.map((hit) => (hit ? 0 : 1)),
});

describe("expected calibration error on oracle A, bins (lo, hi]", () => {
  it.each([
    [5, 0.065, 0.125, 0.07945124291],
    [10, 0.135, 0.2, 0.142741024236],
    [15, 0.205, 0.7, 0.275],
  ])("gives ECE, MCE and RMSCE for %i bins", (bins, error, largest, square) => {
    const figures = calibrationError(probabilitiesA, labelsA, bins);
    expect(figures.ece).toBeCloseTo(error, 12);
    expect(figures.mce).toBeCloseTo(largest, 12);
    expect(figures.rmsce).toBeCloseTo(square, 11);
  });
  it("uses 15 bins unless told otherwise", () => {
    expect(ece(probabilitiesA, labelsA)).toBeCloseTo(0.205, 12);
    expect(calibrationError(probabilitiesA, labelsA).bins).toHaveLength(15);
  });
  it("gives the equal-mass errors 0.045 and 0.135, and 0.1333333333 over classes", () => {
    expect(ace(probabilitiesA, labelsA, 2)).toBeCloseTo(0.045, 12);
    expect(ace(probabilitiesA, labelsA, 5)).toBeCloseTo(0.135, 12);
    expect(classwiseEce(probabilitiesA, labelsA, 5)).toBeCloseTo(0.1333333333, 10);
  });
});

describe("the edges of the bins", () => {
  it("put k/bins itself in the bin below, for every edge of 1 to 100 bins", () => {
    for (let bins = 1; bins <= 100; bins++) {
      for (let k = 1; k <= bins; k++) expect(binOf(k / bins, bins)).toBe(k - 1);
    }
  });
  it("hold each confidence in (low, high]", () => {
    const held = (confidence: number, bins: number): boolean => {
      const bin = binOf(confidence, bins);
      return bin < bins && confidence <= (bin + 1) / bins && (confidence > bin / bins || confidence === 0);
    };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 200 }), held),
    );
  });
  it("count a confidence of 1.0 in the last bin, not in one beyond it: 0.475, not 0.525", () => {
    const { probabilities, labels } = binary([0.95, 1], [true, false]);
    expect(ece(probabilities, labels, 10)).toBeCloseTo(0.475, 12);
    expect(calibrationError(probabilities, labels, 10).bins[9]!.count).toBe(2);
  });
  it("do not move a sample on an edge by the rounding that numpy.linspace has (0.30000000000000004, 0.6000000000000001)", () => {
    expect(binOf(0.3, 10)).toBe(2);
    expect(binOf(0.1 + 0.2, 10)).toBe(3); // this is another number, above the edge
    expect(binOf(0.6, 5)).toBe(2);
    expect(binOf(0, 7)).toBe(0);
  });
  it("are refused when their number is not whole and positive", () => {
    for (const bins of [0, -3, 2.5, Number.NaN])
      expect(() => ece(probabilitiesA, labelsA, bins)).toThrow(/bins .* does not hold/);
  });
});

describe("a reliability diagram", () => {
  it("says nothing, rather than 0, about the accuracy of an empty bin", () => {
    const { probabilities, labels } = binary([0.9, 0.8], [true, true]);
    const { bins, mce } = calibrationError(probabilities, labels, 2);
    expect(bins[0]!.count).toBe(0);
    expect(bins[0]!.accuracy).toBeNaN();
    expect(bins[1]).toMatchObject({ low: 0.5, high: 1, count: 2, accuracy: 1 });
    expect(mce).toBeCloseTo(0.15, 12);
  });
  it("is perfect when each bin is right as often as it is confident", () => {
    const { probabilities, labels } = binary(Array(4).fill(0.75), [true, true, true, false]);
    expect(ece(probabilities, labels)).toBeCloseTo(0, 14);
  });
});
