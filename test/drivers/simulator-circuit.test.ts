import { describe, expect, it } from "vitest";
import { simulatedCore } from "#drivers";
import { cellOutcomes, inSiemens } from "#protocol";
import { assumed, currents, profileWith, programmed, readOutRequest, whole } from "./simulated.ts";

/** rram-taox-arc with nothing but its nonlinear cells. */
const quiet = () =>
  profileWith("rram-taox-arc", (profile) => {
    for (const field of ["flicker", "telegraph", "lines"]) delete profile[field];
    delete (profile.adc as Record<string, unknown>).errors;
    profile.readNoise = { law: "none" };
    Object.assign(profile.stuck as object, { low: assumed(0), high: assumed(0) });
  });

describe("cells whose current is not in proportion to the voltage", () => {
  it("pass G (V − 0.25 V³), G as it is at full scale, 0.5 V: 6.25 % more a volt towards 0 V", async () => {
    const core = await simulatedCore({ profile: await quiet(), adcBits: 16 });
    const cell = whole(1, 1);
    core.preset(cell, inSiemens(Float64Array.of(100e-6)));
    const { max, lsb } = core.descriptor.dac;
    for (const code of [1, 20, 40, max]) {
      const [current] = currents(core, readOutRequest(cell), Int16Array.of(code));
      const v = code * lsb;
      // 100 µS at 0.5 V is 106.67 µS at 0 V, less a quarter of V².
      const expected = (100e-6 / 0.9375) * (v - v ** 3 / 4);
      expect(Math.abs(current! - expected)).toBeLessThan(0.51 * (60e-6 / 2 ** 15));
    }
  });

  it("add up over rows as the sum of their own currents", async () => {
    const core = await simulatedCore({ profile: await quiet(), adcBits: 16 });
    const column = whole(3, 1);
    core.preset(column, inSiemens(Float64Array.of(20e-6, 50e-6, 100e-6)));
    const one = (codes: number[]) =>
      currents(core, readOutRequest(column, { range: 1 }), Int16Array.from(codes))[0]!;
    const apart = one([10, 0, 0]) + one([0, 30, 0]) + one([0, 0, 63]);
    expect(Math.abs(one([10, 30, 63]) - apart)).toBeLessThan(4 * 0.5 * (120e-6 / 2 ** 15));
  });

  it("are refused in a profile that drives them where the law turns round", async () => {
    const profile = await profileWith("rram-taox-arc", (changed) => {
      Object.assign((changed.dac as Record<string, object>).fullScale as object, { value: 1.2 });
      Object.assign((changed.limits as Record<string, object>).readVoltage as object, { value: 1.2 });
    });
    await expect(simulatedCore({ profile })).rejects.toMatchObject({
      code: "PROFILE_INVALID",
      message: expect.stringContaining("cubic"),
    });
  });
});

describe("ordered faults of single cells", () => {
  it("are open at 0 S and shorted at 1 mS, and neither follows a pulse", async () => {
    const faults = {
      stuck: [
        { tile: 0, row: 0, col: 1, at: "open" as const },
        { tile: 0, row: 1, col: 0, at: "shorted" as const },
      ],
    };
    const core = await simulatedCore({ profile: "ideal", rows: 2, cols: 2, adcBits: 16, faults });
    const on = whole(2, 2);
    const targets = new Int16Array(4).fill(10_000);
    const { outcomes } = programmed(core, { ...on, targets, tolerance: 1, maxPulses: 50 });
    expect([...(outcomes as Uint8Array)].map((each) => cellOutcomes[each])).toEqual([
      "settled",
      "stuck",
      "stuck",
      "settled",
    ]);
    const held = Array.from(core.conductances(on), (g) => g * 1e6);
    [10, 0, 1000, 10].forEach((g, i) => {
      expect(held[i]).toBeCloseTo(g, 4);
    });
    const [left, right] = currents(core, readOutRequest(on, { range: 6 }), Int16Array.of(511, 511));
    expect(left! * 1e6).toBeCloseTo(0.2 * 1010, 1);
    expect(right! * 1e6).toBeCloseTo(0.2 * 10, 1);
  });
});
