import { beforeAll, describe, expect, it } from "vitest";
import { type DeviceModel, deviceModel, loadProfile, noiseFloor } from "#calibration";
import { amps, seconds, siemens } from "#protocol";
import { fakeBoard } from "../fake-board.ts";

const share = 0.04;
const area = { tile: 0, row: 0, col: 0, rows: 8, cols: 16 };
const conductances = Float32Array.from({ length: 128 }, (_, cell) => (2 + ((7 * cell) % 19)) * 1e-6);
let device: DeviceModel;
beforeAll(async () => {
  device = {
    ...deviceModel(await loadProfile("ideal")),
    noiseLaw: "gaussian",
    readSigma: (g) => siemens(g * share),
  };
});

/** A fake board whose area holds the conductances, with an ADC of `bits` over ±8 µA. */
function board(bits: number) {
  const fake = fakeBoard({
    readSigma: (g) => g * share,
    descriptor: { adc: { bits, ranges: [amps(8e-6)] } },
  });
  conductances.forEach((g, cell) => {
    fake.cells[0]![Math.floor(cell / 16) * 64 + (cell % 16)] = g;
  });
  return fake;
}

describe("the noise floor of an area", () => {
  // Degrees of freedom 400 · 16 · 1 and 100 · 16 · 7: standard errors 1.8 % and 1.3 %; within ± 4 of them, false alarm below 10⁻³.
  it.each([
    ["2 repeats, as many as a variance needs", 16, 2, 400],
    ["8 repeats", 16, 8, 100],
    ["a converter whose rounding gives a fifth of the variance", 7, 8, 100],
  ])("is what the law and the converter predict, with %s", async (_, bits, repeats, vectors) => {
    const held = { area, range: 0, conductances };
    const [floor] = await noiseFloor(board(bits), [held], { device, age: seconds(60), repeats, vectors });
    expect(floor!.error).toBeCloseTo(Math.sqrt(2 / (vectors * 16 * (repeats - 1))), 12);
    expect(Math.abs(floor!.measured / floor!.predicted - 1)).toBeLessThan(4 * floor!.error);
  });
});
