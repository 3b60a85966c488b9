import { describe, expect, it } from "vitest";
import { simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { readOutRequest, whole } from "./simulated.ts";

const repeats = 2000;

describe("read noise of a simulated board", () => {
  it("is independent between areas of different tiles, rows and columns at the same sample numbers", async () => {
    const core = await simulatedCore({ profile: "pcm-90nm", seed: 7, rows: 8, cols: 8, adcBits: 16 });
    const corners = [
      { ...whole(4, 1), tile: 0 },
      { ...whole(4, 1), tile: 1 },
      { ...whole(4, 1), row: 4 },
      { ...whole(4, 1), col: 3 },
    ];
    const noise = corners.map((area) => {
      core.preset(area, inSiemens(new Float64Array(4).fill(15e-6)));
      const inputs = Int16Array.of(90, 100, 110, 120);
      const { codes } = core.readOut(readOutRequest(area, { repeats }), inputs, 0, repeats);
      const mean = codes.reduce((sum, code) => sum + code, 0) / repeats;
      const sd = Math.sqrt(codes.reduce((sum, code) => sum + (code - mean) ** 2, 0) / repeats);
      expect(sd).toBeGreaterThan(2);
      return Float64Array.from(codes, (code) => (code - mean) / sd);
    });
    // Standard error 1/√2000 = 0.022; six correlations within ± 4.5 of it: false alarm 4 · 10⁻⁵.
    noise.forEach((p, k) => {
      for (const q of noise.slice(0, k))
        expect(Math.abs(p.reduce((sum, value, s) => sum + value * q[s]!, 0) / repeats)).toBeLessThan(0.1);
    });
  });

  it("counts a code that just reaches the end of the range as saturated, one below it not", async () => {
    const core = await simulatedCore({ profile: "ideal", rows: 1, cols: 1 });
    const { dac, adc } = core.descriptor;
    const lsb = adc.ranges[0]! / 2 ** (adc.bits - 1);
    const cell = whole(1, 1);
    const saturatedAt = (code: number, drive: number): number => {
      core.preset(cell, inSiemens(Float64Array.of((code * lsb) / (Math.abs(drive) * dac.lsb))));
      const { codes, saturated } = core.readOut(
        readOutRequest(cell, { firstSample: code }),
        Int16Array.of(drive),
        0,
        1,
      );
      expect(codes[0]).toBe(Math.sign(drive) * code);
      return saturated;
    };
    const full = 2 ** (adc.bits - 1);
    expect([full - 2, full - 1].map((code) => saturatedAt(code, dac.max))).toEqual([0, 1]);
    expect([full - 1, full].map((code) => saturatedAt(code, -dac.max))).toEqual([0, 1]);
  });
});
