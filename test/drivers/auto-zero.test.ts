import { describe, expect, it } from "vitest";
import { simulatedBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { zeroed } from "../../drivers/simulator/zeros.ts";
import { ledgerCore } from "./ledger-core.ts";
import { assumed, profileWith, readOutRequest, whole } from "./simulated.ts";

const area = whole(8, 128);
const dark = { area, range: 0, codes: new Int16Array(8), vectors: 1 };
/** Of 128 columns: beyond this once in two million correlations of what is independent. */
const chance = 5 / Math.sqrt(area.cols);

/** A board whose converter adds noise of 40 codes to each conversion. */
async function noisy(): Promise<CrossbarBoard> {
  const profile = await profileWith("ideal", (p) => {
    const errors = { inl: assumed(0), dnl: assumed(0), noise: assumed(40) };
    Object.assign(p.adc as object, { errors });
  });
  return simulatedBoard({ profile, tiles: 1, seed: 5 });
}

/** Means of each column over `repeats`, and what auto-zero took off them. */
async function zeroedBy(board: CrossbarBoard, so: { firstSample: number; repeats: number; zeros: number }) {
  const request = { ...dark, firstSample: so.firstSample, repeats: so.repeats };
  const { means } = await board.readMoments(request);
  const zeroed = await board.readMoments({ ...request, zeros: so.zeros });
  return { means, offsets: means.map((mean, j) => mean - zeroed.means[j]!) };
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [ma, mb] = [mean(a), mean(b)];
  const [da, db] = [a.map((value) => value - ma), b.map((value) => value - mb)];
  const dot = (u: Float64Array, v: Float64Array): number =>
    u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return dot(da, db) / Math.sqrt(dot(da, da) * dot(db, db));
}

describe("auto-zero", () => {
  it("takes the nearest whole mean off each column, within the converter's codes, and counts as before", () => {
    const core = ledgerCore(); // 9 bits: −256 … 255
    const driven: number[] = [];
    core.readOut = (request, inputs) => {
      driven.push(...inputs);
      expect(request).toMatchObject({ vectors: 1, repeats: 4 });
      return {
        codes: Int16Array.from([1, -7, 90, -90, 2, -7, 90, -90, 2, -8, 90, -90, 2, -8, 90, -90]),
        saturated: 9,
      };
    };
    const request = readOutRequest(whole(3, 4), { vectors: 2, repeats: 7, zeros: 4 });
    const read = zeroed(core, request);
    expect(driven).toEqual([0, 0, 0]);
    const codes = Int16Array.from([0, 0, -200, 200, 10, 10, 255, -256]);
    expect(read({ codes, saturated: 2 })).toEqual({
      codes: Int16Array.from([-2, 7, -256, 255, 8, 17, 165, -166]),
      saturated: 2,
    });
  });
});

describe("the zero reads of a simulated board", () => {
  it("share no noise with the samples that they are taken off, from the first one on", async () => {
    const board = await noisy();
    for (const firstSample of [0, 100, 2 ** 31, 2 ** 32 - 300]) {
      const { means, offsets } = await zeroedBy(board, { firstSample, repeats: 255, zeros: 255 });
      expect(Math.abs(correlation(means, offsets))).toBeLessThan(chance);
    }
  });

  it("share none with those of the next request", async () => {
    const board = await noisy();
    const [one, two] = [
      await zeroedBy(board, { firstSample: 0, repeats: 4, zeros: 200 }),
      await zeroedBy(board, { firstSample: 4, repeats: 4, zeros: 200 }),
    ];
    expect(Math.abs(correlation(one.offsets, two.offsets))).toBeLessThan(chance);
  });

  it("take off their mean, rounded: its variance is that of one conversion over their number, and 1/12", async () => {
    const board = await noisy();
    const { offsets } = await zeroedBy(board, { firstSample: 0, repeats: 1, zeros: 100 });
    expect([...offsets].every(Number.isInteger)).toBe(true);
    const variance = offsets.reduce((sum, offset) => sum + offset ** 2, 0) / offsets.length;
    // 128 columns: within 5 standard errors of 1600 / 100 + 1/12.
    expect(Math.abs(variance / (16 + 1 / 12) - 1)).toBeLessThan(5 * Math.sqrt(2 / area.cols));
  });
});
