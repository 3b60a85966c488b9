import { describe, expect, it } from "vitest";
import { bitPlane, bitSerialVariance } from "#calibration";
import { simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { meanAndVariance } from "../calibration/statistics.ts";
import { assumed, currents, profileWith, readOutRequest, whole } from "./simulated.ts";

type Json = Record<string, Record<string, unknown>>;
const serial = (name: string, change: (profile: Json) => void = () => {}) =>
  profileWith(name, (profile) => {
    change(profile as Json);
    (profile as Json).dac!.feeding = assumed("bit-serial");
  });
const noisy = (profile: Json) => {
  profile.readNoise = { law: "independent", sigma: assumed(1, "µS") };
};

describe("inputs that are fed bit by bit", () => {
  const area = whole(20, 6);
  const held = inSiemens(Float64Array.from({ length: 120 }, (_, i) => (1 + ((i * 7) % 24)) * 1e-6));
  const inputs = Int16Array.from({ length: 60 }, (_, i) => ((i * 131) % 255) - 127);

  it("give Σ 2^k code_k / (2^bits − 1) of what a board says that is driven by the planes themselves, full scale", async () => {
    const core = await simulatedCore({ profile: await serial("ideal"), dacBits: 8 });
    const plain = await simulatedCore({ profile: "ideal", dacBits: 8 });
    for (const board of [core, plain]) board.preset(area, held);
    const request = readOutRequest(area, { vectors: 3, range: 4 });
    const { codes } = core.readOut(request, inputs, 0, 3);
    const sums = new Float64Array(codes.length);
    for (let k = 0; k < 7; k++) {
      const plane = Int16Array.from(bitPlane(inputs, k), (sign) => 127 * sign);
      plain.readOut({ ...request }, plane, 0, 3).codes.forEach((code, at) => {
        sums[at]! += 2 ** k * code;
      });
    }
    expect(Array.from(codes)).toEqual(Array.from(sums, (sum) => Math.floor(sum / 127 + 0.5)));
    // And so what an amplitude gives, within the rounding of both: 1 + 7/12 codes at most by far.
    plain.readOut({ ...request }, inputs, 0, 3).codes.forEach((code, at) => {
      expect(Math.abs(code - codes[at]!)).toBeLessThanOrEqual(2);
    });
  });

  // Published: noise that is new in each plane leaves Σ 4^k of (Σ 2^k)², 21/49 for three bits (Bonnet et al. 2023; reference C2).
  it.each([
    ["moment", 7, 21 / 49],
    ["per-device", 7, 21 / 49],
    ["moment", -5, 17 / 49],
    ["per-device", 5, 17 / 49],
    ["per-device", 4, 16 / 49],
  ] as const)(
    "leave, by the %s engine, for input %i of three bits the share %f of a full level's variance",
    async (engine, code, share) => {
      const profile = await serial("ideal", noisy);
      const repeats = 20_000;
      const column = whole(8, 2);
      const core = await simulatedCore({ profile, dacBits: 4, engine, adcBits: 16, seed: 12 });
      core.preset(column, inSiemens(new Float64Array(16).fill(15e-6)));
      const read = currents(
        core,
        readOutRequest(column, { repeats, range: 3 }),
        new Int16Array(8).fill(code),
      );
      const law = 8 * (0.2 * 1e-6) ** 2 * share;
      for (let col = 0; col < 2; col++) {
        const { mean, variance } = meanAndVariance(read.filter((_, i) => i % 2 === col));
        expect(Math.abs(mean - (8 * 15e-6 * 0.2 * code) / 7)).toBeLessThan(5 * Math.sqrt(law / repeats));
        // Rounding adds lsb²/12 (1 + share), 3e-4 of it.
        expect(Math.abs(variance / law - 1)).toBeLessThan(5 * Math.sqrt(2 / repeats) + 1e-3);
      }
      expect(bitSerialVariance(3)).toBeCloseTo(21 / 49, 12);
      expect(core.drawn).toEqual(
        engine === "moment" ? { moment: 3 * repeats, perDevice: 0 } : { moment: 0, perDevice: 3 * repeats },
      );
    },
  );

  it("draw other noise on another board, and the same again for any part asked alone", async () => {
    const profile = await serial("ideal", noisy);
    const core = await simulatedCore({ profile, dacBits: 4, adcBits: 16, seed: 12 });
    core.preset(area, held);
    const request = readOutRequest(area, { vectors: 3, repeats: 50, range: 5 });
    const codes = Int16Array.from(inputs, (code) => code >> 5);
    const all = core.readOut(request, codes, 0, 150).codes;
    expect(core.readOut({ ...request }, codes, 60, 17).codes).toEqual(all.subarray(60 * 6, 77 * 6));
    const other = await simulatedCore({ profile, dacBits: 4, adcBits: 16, seed: 13 });
    other.preset(area, held);
    expect(other.readOut({ ...request }, codes, 0, 150).codes).not.toEqual(all);
  });

  it("pass nonlinear cells in proportion: each plane is at full scale, where conductances are stated", async () => {
    const profile = await serial("ideal", (json) => {
      json.nonlinearity = { law: "cubic" };
      json.dac!.fullScale = assumed(0.5, "V");
      (json.limits as Record<string, unknown>).readVoltage = assumed(0.5, "V");
    });
    const core = await simulatedCore({ profile, dacBits: 8, adcBits: 16 });
    core.preset(whole(1, 1), inSiemens(Float64Array.of(8e-6)));
    const codes = Int16Array.from({ length: 255 }, (_, i) => i - 127);
    const read = currents(core, readOutRequest(whole(1, 1), { vectors: 255 }), codes);
    const lsb = core.descriptor.adc.ranges[0]! / 2 ** 15;
    codes.forEach((code, i) => {
      expect(Math.abs(read[i]! - (8e-6 * 0.5 * code) / 127)).toBeLessThan(1.01 * lsb);
    });
  });

  it("count a code as saturated where one plane is, though the sum is not, and take a read-out's time for each plane", async () => {
    const core = await simulatedCore({ profile: await serial("ideal"), dacBits: 4 });
    const column = whole(4, 1);
    core.preset(column, inSiemens(new Float64Array(4).fill(25e-6)));
    const before = core.sense().ticks;
    // Plane 0 drives four rows, 20 µA in a range of 20 µA; the other planes one, 5 µA.
    const { codes, saturated } = core.readOut(
      readOutRequest(column, { range: 1 }),
      Int16Array.of(7, 1, 1, 1),
      0,
      1,
    );
    expect(saturated).toBe(1);
    expect(codes[0]).toBe(Math.floor((2047 + 2 * 512 + 4 * 512) / 7 + 0.5));
    const once = await simulatedCore({ profile: "ideal", dacBits: 4 });
    once.readOut(readOutRequest(column), new Int16Array(4), 0, 1);
    expect(core.sense().ticks - before).toBe(3 * once.sense().ticks);
  });
});
