import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { predictive } from "../../src/uncertainty/index.ts";
import { setC } from "./oracles.ts";

const close = (found: ArrayLike<number>, wanted: readonly number[], digits: number): void => {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, k) => {
    expect(found[k]).toBeCloseTo(value, digits);
  });
};

describe("the split of uncertainty on oracle C", () => {
  const split = predictive(setC);
  it("gives the total, expected and mutual-information entropies in nats", () => {
    close(split.predictiveEntropy, [0.801818552543, 1.055798928999, 1.098612288668], 12);
    close(split.softmaxEntropy, [0.785153672398, 0.394397691447, 1.098612288668], 12);
    close(split.mutualInformation, [0.01666488014, 0.661401237552, 0], 11);
  });
  it("gives variation ratio 0, 0.5, 0, disagreement 0, 5/6, 0 and the pairwise divergences", () => {
    close(split.variationRatio, [0, 0.5, 0], 14);
    close(split.disagreement, [0, 0.8333333333, 0], 10);
    close(split.pairwiseDivergence, [0.046209812037, 2.047346661843, 0], 12);
  });
  it("gives p̄ and its standard error from the spread 0.0816496581, 0.4907477288 (ddof 1) of p₀", () => {
    close(split.probabilities.subarray(0, 3), [0.7, 0.2, 0.1], 14);
    expect(split.probabilityErrors[0]).toBeCloseTo(0.0816496581 / 2, 10);
    expect(split.probabilityErrors[3]).toBeCloseTo(0.4907477288 / 2, 10);
    expect(split.label[0]).toBe(0);
    expect(split.label[2]).toBe(0); // the first of equals
  });
  it("takes the plain sd over √S of each sample's entropy for the error of the expected entropy", () => {
    const h = [0.8018185525433372, 0.8979457248567797, 0.6390318596501768, 0.8018185525433372];
    const mean = h.reduce((a, b) => a + b) / 4;
    const sd = Math.sqrt(h.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3);
    expect(split.softmaxEntropyError[0]).toBeCloseTo(sd / 2, 12);
  });
});

describe("the split of uncertainty", () => {
  it("is ln 2 epistemic, 0 aleatoric when two certain samples disagree (torch-uncertainty's value)", () => {
    const tiny = Math.log(1e-8);
    const split = predictive({
      items: 2,
      samples: 2,
      outputs: 2,
      values: Float64Array.of(tiny, 0, 0, tiny, 1, 2, 1, 2),
    });
    expect(split.mutualInformation[0]).toBeCloseTo(Math.LN2, 6);
    expect(split.softmaxEntropy[0]).toBeLessThan(1e-6);
    expect(split.mutualInformation[1]).toBe(0);
  });
  it("is ln C aleatoric, 0 epistemic when every sample is flat", () => {
    const split = predictive({ items: 1, samples: 7, outputs: 10, values: new Float32Array(70) });
    expect(split.softmaxEntropy[0]).toBeCloseTo(Math.log(10), 14);
    expect(split.mutualInformation[0]).toBe(0);
    expect(split.mutualInformationError[0]).toBeCloseTo(0, 14);
  });
  it("never reports negative model doubt, nor more than ln S or ln C, and its parts add up", () => {
    const logits = fc.integer({ min: 1, max: 6 }).chain((samples) =>
      fc
        .array(fc.double({ min: -60, max: 60, noNaN: true }), {
          minLength: samples * 3,
          maxLength: samples * 3,
        })
        .map((values) => ({ items: 1, samples, outputs: 3, values: Float64Array.from(values) })),
    );
    fc.assert(
      fc.property(logits, (set) => {
        const split = predictive(set);
        const [total, within, between] = [
          split.predictiveEntropy[0]!,
          split.softmaxEntropy[0]!,
          split.mutualInformation[0]!,
        ];
        expect(between).toBeGreaterThanOrEqual(0);
        expect(between).toBeLessThanOrEqual(Math.min(Math.log(set.samples), Math.log(3)) + 1e-12);
        expect(total).toBeLessThanOrEqual(Math.log(3) + 1e-12);
        expect(within + between).toBeCloseTo(total, 12);
      }),
    );
  });
  it("does not change when a constant is added to all logits of a sample, however large they are", () => {
    const values = Float64Array.of(3, 1, 0, -1, 2, 0.5);
    const moved = values.map((z, k) => z + (k < 3 ? 1000 : -5000));
    const [here, there] = [values, moved].map((v) =>
      predictive({ items: 1, samples: 2, outputs: 3, values: v }),
    );
    close(there!.probabilities, Array.from(here!.probabilities), 12);
    expect(there!.mutualInformation[0]).toBeCloseTo(here!.mutualInformation[0]!, 12);
  });
  it.each([
    ["Float32Array", Float32Array],
    ["Float64Array", Float64Array],
  ])("stays finite where a probability is too small for a double and its mean is 0 (%s)", (_, Type) => {
    // exp(−744.9) = 5·10⁻³²⁴, the smallest double: its half is 0. −1000 gives 0 at once.
    const split = predictive({ items: 1, samples: 2, outputs: 2, values: Type.of(0, -744.9, 0, -1000) });
    for (const figure of [
      split.predictiveEntropy,
      split.mutualInformation,
      split.predictiveEntropyError,
      split.mutualInformationError,
      split.pairwiseDivergence,
    ])
      expect(figure[0]).toBe(0);
  });
  it("says that one sample tells nothing of spread", () => {
    const split = predictive({ items: 1, samples: 1, outputs: 2, values: Float32Array.of(1, 0) });
    expect(split.mutualInformation[0]).toBe(0);
    for (const figure of [
      split.mutualInformationError,
      split.probabilityErrors,
      split.entropyBias,
      split.disagreement,
    ])
      expect(figure[0]).toBeNaN();
  });
});

describe("a sample set that does not hold", () => {
  it("is refused with its lengths, or with the item that is not finite", () => {
    const values = new Float32Array(6);
    expect(() => predictive({ items: 1, samples: 2, outputs: 4, values })).toThrow(/6 values.*1 × 2 × 4/);
    expect(() => predictive({ items: 2, samples: 0, outputs: 3, values: new Float32Array(0) })).toThrow(
      /at least one/,
    );
    const broken = Float32Array.of(0, 0, 0, 0, Number.NaN, 0);
    expect(() => predictive({ items: 2, samples: 1, outputs: 3, values: broken })).toThrow(/NaN.*item 1/);
    const infinite = Float32Array.of(0, Number.POSITIVE_INFINITY, 0);
    expect(() => predictive({ items: 1, samples: 1, outputs: 3, values: infinite })).toThrow(/item 0/);
  });
});
