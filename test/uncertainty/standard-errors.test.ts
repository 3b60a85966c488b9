import { describe, expect, it } from "vitest";
import { fillNormals } from "#calibration";
import { type Predictive, predictive, predictiveValues } from "../../src/uncertainty/index.ts";

/** Posterior samples of the logits N(centre, spread²), independent: the case the standard errors are made for. */
function gaussianLogits({ items, samples, seed }: { items: number; samples: number; seed: number }) {
  const [centre, spread] = [
    [1, 0.2, -0.5],
    [1.2, 0.8, 1],
  ];
  const values = new Float32Array(items * samples * 3);
  fillNormals(values, seed, 200);
  for (let k = 0; k < values.length; k++) values[k] = centre[k % 3]! + spread[k % 3]! * values[k]!;
  return { items, samples, outputs: 3, values };
}
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

// The true figures, from 10⁶ samples: their own error is 1 % of that of 100 samples.
const truth = predictive(gaussianLogits({ items: 1, samples: 1_000_000, seed: 1 }));
const quantities = [
  ["predictiveEntropy", "predictiveEntropyError"],
  ["softmaxEntropy", "softmaxEntropyError"],
  ["mutualInformation", "mutualInformationError"],
] as const satisfies readonly (readonly [keyof Predictive, keyof Predictive])[];

describe("Monte-Carlo standard errors", () => {
  // 4000 repetitions: the share has a standard error of 0.0034, so 0.93 … 0.965 is −6 and +4 of it (false alarm < 10⁻⁴).
  const runs = predictive(gaussianLogits({ items: 4000, samples: 100, seed: 2 }));
  it.each(quantities)("cover the true %s 95 times in 100 within ± 1.96 of them", (figure, error) => {
    const inside = Array.from(
      runs[figure],
      (value, k) => Math.abs(value - truth[figure][0]!) < 1.96 * runs[error][k]!,
    );
    const covered = mean(inside.map(Number));
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.965);
  });
  it.each(quantities)("are as large as the scatter of %s over repetitions, within 4 %%", (figure, error) => {
    const centre = mean(runs[figure]);
    const scatter = Math.sqrt(mean(Array.from(runs[figure], (value) => (value - centre) ** 2)));
    expect(Math.sqrt(mean(Array.from(runs[error], (e) => e * e))) / scatter).toBeGreaterThan(0.96);
    expect(Math.sqrt(mean(Array.from(runs[error], (e) => e * e))) / scatter).toBeLessThan(1.04);
  });
  it("cover each mean probability 95 times in 100", () => {
    const inside = Array.from(
      runs.probabilities,
      (p, k) => Math.abs(p - truth.probabilities[k % 3]!) < 1.96 * runs.probabilityErrors[k]!,
    );
    expect(mean(inside.map(Number))).toBeGreaterThan(0.93);
    expect(mean(inside.map(Number))).toBeLessThan(0.965);
  });
});

describe("the plug-in bias of mutual information", () => {
  it.each([5, 10, 30])("is what entropyBias says, within a fifth, for %i samples", (samples) => {
    // 20 000 repetitions: the mean's standard error is below 2 % of the bias for 30 samples, less for fewer.
    const runs = predictive(gaussianLogits({ items: 20_000, samples, seed: 3 }));
    const low = truth.mutualInformation[0]! - mean(runs.mutualInformation);
    expect(low).toBeGreaterThan(0);
    expect(mean(runs.entropyBias) / low).toBeGreaterThan(0.8);
    expect(mean(runs.entropyBias) / low).toBeLessThan(1.2);
  });
  it("leaves the expected entropy alone", () => {
    const runs = predictive(gaussianLogits({ items: 20_000, samples: 5, seed: 4 }));
    const error = Math.sqrt(mean(Array.from(runs.softmaxEntropyError, (e) => e * e)) / 20_000);
    expect(Math.abs(mean(runs.softmaxEntropy) - truth.softmaxEntropy[0]!)).toBeLessThan(4 * error);
  });
});

describe("standard errors of a regression", () => {
  it("cover the true mean and spread 95 times in 100", () => {
    const runs = predictiveValues(gaussianLogits({ items: 4000, samples: 100, seed: 5 }));
    const first = Array.from({ length: 4000 }, (_, item) => item * 3);
    const means = first.map((k) => Number(Math.abs(runs.mean[k]! - 1) < 1.96 * runs.meanError[k]!));
    const spreads = first.map((k) =>
      Number(Math.abs(runs.epistemic[k]! - 1.2) < 1.96 * runs.epistemicError[k]!),
    );
    for (const covered of [mean(means), mean(spreads)]) {
      expect(covered).toBeGreaterThan(0.93);
      expect(covered).toBeLessThan(0.965);
    }
  });
});
