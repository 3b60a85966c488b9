import { describe, expect, it } from "vitest";
import { gaussianNll, predictiveValues, sharpness } from "../../src/uncertainty/index.ts";

describe("the predictive of a regression", () => {
  const set = { items: 1, samples: 3, outputs: 2, values: Float32Array.of(1, 10, 2, 10, 3, 10) };
  it("is the samples' mean and their spread with ddof 1", () => {
    const { mean, epistemic, std, aleatoric, meanError, epistemicError } = predictiveValues(set);
    expect(Array.from(mean)).toEqual([2, 10]);
    expect(Array.from(epistemic)).toEqual([1, 0]);
    expect(Array.from(std)).toEqual([1, 0]);
    expect(Array.from(aleatoric)).toEqual([0, 0]);
    expect(meanError[0]).toBeCloseTo(1 / Math.sqrt(3), 14);
    expect(epistemicError[0]).toBeCloseTo(1 / Math.sqrt(2 * 2), 14);
  });
  it("adds the mean noise variance to the variance of the means (law of total variance)", () => {
    const { aleatoric, std } = predictiveValues(set, [3, 4, 3, 4, 3, 4]);
    expect(aleatoric[0]).toBeCloseTo(Math.sqrt(3), 14);
    expect(std[0]).toBeCloseTo(2, 14);
    expect(std[1]).toBeCloseTo(2, 14);
  });
  it("is refused when noise and values differ in number", () => {
    expect(() => predictiveValues(set, [1])).toThrow(/noise has shape 1/);
  });
});

describe("uncertainty-toolbox's own values for means 1 2 3, stds 0.1 0.5 1, targets 1.5 3 2", () => {
  it("are mean NLL 4.920361108686675 and sharpness 0.648074069840786", () => {
    expect(gaussianNll([1, 2, 3], [0.1, 0.5, 1], [1.5, 3, 2])).toBeCloseTo(4.920361108686675, 13);
    expect(sharpness([0.1, 0.5, 1])).toBeCloseTo(0.648074069840786, 14);
  });
});
