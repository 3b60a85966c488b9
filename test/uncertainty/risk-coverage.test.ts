import { describe, expect, it } from "vitest";
import { coverageAtRisk, riskAtCoverage, riskCoverage } from "../../src/uncertainty/index.ts";
import { labelsA, probabilitiesA } from "./oracles.ts";

const rows = Array.from({ length: 10 }, (_, item) =>
  Array.from(probabilitiesA.subarray(item * 3, item * 3 + 3)),
);
const certainty = rows.map((row) => Math.max(...row));
const correct = rows.map((row, item) => (row.indexOf(Math.max(...row)) === labelsA[item] ? 1 : 0));

describe("risk and coverage on oracle A", () => {
  const curve = riskCoverage(certainty, correct);
  it("gives AURC 0.139285714286, optimal 0.064722222222, excess 0.074563492063", () => {
    expect(curve.aurc).toBeCloseTo(0.139285714286, 12);
    expect(curve.optimal).toBeCloseTo(0.064722222222, 12);
    expect(curve.excess).toBeCloseTo(0.074563492063, 12);
  });
  it("gives torch-uncertainty's trapezoid, 0.138095238095, from the same risks", () => {
    const { risks } = curve;
    let area = 0;
    for (let k = 1; k < 10; k++) area += (risks[k]! + risks[k - 1]!) / 2 / 10;
    expect(area / 0.9).toBeCloseTo(0.138095238095, 12);
  });
  it("answers 80 % at a risk of 0.25, and 70 % at a risk of at most 0.2", () => {
    expect(riskAtCoverage(curve, 0.8)).toBeCloseTo(0.25, 14);
    expect(coverageAtRisk(curve, 0.2)).toBeCloseTo(0.7, 14);
  });
});

describe("the ends of the curve", () => {
  it("refuses a certainty that is no number, which would stand anywhere in the order", () => {
    expect(() => riskCoverage([0.5, Number.NaN, 0.2], [1, 0, 1])).toThrow(/NaN .*certainty \(item 1\)/);
  });
  it("are the error of the most certain item and of all items", () => {
    const curve = riskCoverage([3, 2, 1, 0], [0, 1, 1, 1]);
    expect(riskAtCoverage(curve, 0)).toBe(1);
    expect(riskAtCoverage(curve, 1)).toBe(0.25);
    expect(coverageAtRisk(curve, 0.1)).toBe(0);
    expect(coverageAtRisk(curve, 1)).toBe(1);
  });
  it("give no excess where every wrong item is the least certain", () => {
    expect(riskCoverage([0.9, 0.8, 0.1], [1, 1, 0]).excess).toBe(0);
  });
  it("answer 7 of 100 items at a coverage of 0.07, though 0.07 × 100 rounds above 7", () => {
    const curve = riskCoverage(
      Array.from({ length: 100 }, (_, k) => -k),
      Array.from({ length: 100 }, (_, k) => (k < 7 ? 1 : 0)),
    );
    expect(riskAtCoverage(curve, 0.07)).toBe(0);
    expect(coverageAtRisk(curve, 0)).toBe(0.07);
  });
  it("agree with torch-uncertainty's documented 0.0833 for confidences 0.7 0.6 0.8 and outcomes right, wrong, right", () => {
    const { risks } = riskCoverage([0.7, 0.6, 0.8], [1, 0, 1]);
    const area = ((risks[0]! + risks[1]!) / 2 + (risks[1]! + risks[2]!) / 2) / 3 / (1 - 1 / 3);
    expect(area).toBeCloseTo(0.0833, 4);
  });
  it("are refused where certainties and outcomes differ in number, or there are none", () => {
    expect(() => riskCoverage([1, 2], [1])).toThrow(/2 certainties/);
    expect(() => riskCoverage([], [])).toThrow(/at least one/);
  });
});
