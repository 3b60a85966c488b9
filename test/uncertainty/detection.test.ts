import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc, averagePrecision, fprAtRecall } from "../../src/uncertainty/index.ts";
import { familiarB, foreignB } from "./oracles.ts";

const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });

describe("detection of foreign inputs", () => {
  it("gives oracle B: AUROC 0.92, average precision 0.9266666667, FPR at 95 % recall 0.2", () => {
    expect(auroc(foreignB, familiarB)).toBeCloseTo(0.92, 14);
    expect(averagePrecision(foreignB, familiarB)).toBeCloseTo(0.9266666667, 10);
    expect(fprAtRecall(foreignB, familiarB)).toBeCloseTo(0.2, 14);
  });
  it("counts ties one half: equal scores everywhere give 0.5", () => {
    expect(auroc([1, 1, 1], [1, 1])).toBe(0.5);
    expect(auroc([2, 1], [1, 0])).toBe(0.875);
  });
  it("gives torch-uncertainty's FPR95 of 0.5", () => {
    const familiar = [...Array(50).fill(0.95), ...Array(50).fill(0.85)];
    expect(fprAtRecall(Array(100).fill(0.9), familiar)).toBe(0.5);
  });
  it("takes the threshold that finds 19 of 20 foreign inputs for a recall of 0.95, not the next one", () => {
    const foreign = Array.from({ length: 20 }, (_, k) => k + 1);
    expect(fprAtRecall(foreign, [1.5, 30])).toBe(0.5);
  });
  it("is undefined, not 0, without positives, without negatives or with a NaN score", () => {
    for (const figure of [auroc, averagePrecision, fprAtRecall]) {
      expect(figure([], [1])).toBeNaN();
      expect(figure([1], [])).toBeNaN();
      expect(figure([1, Number.NaN], [1])).toBeNaN();
    }
  });
  it("is the share of pairs in which the foreign input scores higher, ties one half (Mann–Whitney)", () => {
    const pairwise = (up: number[], down: number[]): number =>
      up.flatMap((u) => down.map((d) => (Math.sign(u - d) + 1) / 2)).reduce((a, b) => a + b, 0) /
      (up.length * down.length);
    fc.assert(
      fc.property(scores, scores, (up, down) => {
        expect(auroc(up, down)).toBeCloseTo(pairwise(up, down), 12);
      }),
    );
  });
  it("turns into its complement when the sides are swapped", () => {
    fc.assert(
      fc.property(scores, scores, (up, down) => {
        expect(auroc(up, down) + auroc(down, up)).toBeCloseTo(1, 12);
      }),
    );
  });
});
