import { describe, expect, it } from "vitest";
import { deviceModel, loadProfile } from "#calibration";
import { siemens } from "#protocol";
import { map } from "../../src/mapping/index.ts";
import { measureLayers } from "../../src/posterior/index.ts";
import { descriptor, fakeBoard, hold } from "../fake-board.ts";
import { denseModel } from "../mapping/models.ts";

const share = 0.02;
async function setting(boardShare: number) {
  const device = {
    ...deviceModel(await loadProfile("ideal")),
    window: { min: siemens(2e-6), max: siemens(20e-6) },
    noiseLaw: "gaussian" as const,
    readSigma: (g: number) => siemens(g * share),
  };
  const made = map(denseModel([30, 20, 10]), descriptor(), { device });
  const board = fakeBoard({ readSigma: (g) => g * boardShare });
  hold(board, made);
  return { device, made, board };
}

describe("measuring a deployed board's noise", () => {
  it.each([
    ["is 1 where the devices follow their law", share, 1],
    ["is 4 where they are twice as noisy", 2 * share, 4],
  ])("measured over predicted variance %s", async (_, boardShare, wanted) => {
    const { device, made, board } = await setting(boardShare);
    const measured = await measureLayers(made, board, { device });
    // 4 vectors × 20 … 40 columns × 63 degrees of freedom: error at most √(2/5040) = 2 %; two layers within ± 4 of it.
    for (const { noiseRatio } of measured) expect(Math.abs(noiseRatio! / wanted - 1)).toBeLessThan(0.08);
  });

  it("is 0 where neither cells nor converter add anything that changes from read to read", async () => {
    const { device, made } = await setting(0);
    const quiet = fakeBoard();
    hold(quiet, made);
    const measured = await measureLayers(made, quiet, { device });
    expect(measured.map(({ noiseRatio }) => noiseRatio)).toEqual([0, 0]);
  });
});
