import { describe, expect, it } from "vitest";
import {
  cmoNoiseSize,
  cmoProgrammingSigma,
  deviceModel,
  hermesDriftExponent,
  hermesNoiseSize,
  hermesProgrammingShare,
  loadProfile,
  noiseGathered,
} from "#calibration";
import { microsiemens, type Siemens, seconds, siemens } from "#protocol";

const day = seconds(86_400);
const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
const modelOf = async (name: string) => deviceModel(await loadProfile(name));

// reference/physics.md A2, worked out from its coefficients by hand and by numpy (not by this code).
describe("phase-change memory of HERMES, table A2, one device a polarity", () => {
  const gMax = siemens(10.35e-6);
  const at = (r: number): Siemens => siemens(r * gMax);

  it.each([
    [0, 0.15781817],
    [0.1, 0.36931944],
    [0.5, 0.86531292],
    [1, 1.00756712],
  ])("has σ_prog at r = %f of %f µS", (r, sigma) => {
    expect(hermesProgrammingShare(at(r), gMax) * 10.35).toBeCloseTo(sigma, 7);
  });

  it.each([
    [0.01, 0.13, 0.04],
    [0.05, 0.0977348, 0.0336488],
    [0.2, 0.069336, 0.0170133],
    [0.5, 0.0564, 0.012075],
    [1, 0.0174, 0.0055],
  ])("has ν at r = %f of %f ± %f", (r, mean, std) => {
    expect(hermesDriftExponent(at(r), gMax).mean).toBeCloseTo(mean, 6);
    expect(hermesDriftExponent(at(r), gMax).std).toBeCloseTo(std, 6);
  });

  it.each([
    [0.01, 0.0397203],
    [0.1, 0.0217602],
    [0.5, 0.0217],
    [1, 0.0168],
  ])("has Q_s at r = %f of %f", (r, size) => {
    expect(hermesNoiseSize(at(r), gMax)).toBeCloseTo(size, 6);
  });

  it("refuses conductances above Gmax and reads shorter than 512 ns", () => {
    expect(() => hermesProgrammingShare(at(1.1), gMax)).toThrow(refused);
    expect(() => hermesNoiseSize(at(-0.1), gMax)).toThrow(refused);
    expect(() => noiseGathered(seconds(1e-7), seconds(512e-9))).toThrow(refused);
  });

  it("splits into a fresh and a lasting part whose sum is the published marginal after a day", async () => {
    const device = await modelOf("pcm-hermes");
    const whole = Math.hypot(device.readSigma(gMax, day), device.persistentSigma(gMax, day));
    expect(whole / gMax).toBeCloseTo(0.0168 * Math.sqrt(Math.log(86_400 / 1.024e-6)), 6);
  });
});

describe("CMO/HfOx cells, section B2", () => {
  it.each([
    [0.002, 50, 0.0542506],
    [0.02, 50, 0.575732],
    [0.002, 8, 0.0093614],
  ] as const)("program within %f of %f µS to a standard deviation of %f µS", (acceptance, g, sigma) => {
    expect(cmoProgrammingSigma(microsiemens(g), acceptance) * 1e6).toBeCloseTo(sigma, 6);
  });

  it("read 50 µS with 0.171 µS of gathered 1/f noise after a second and 0.233 µS after a day", async () => {
    const device = await modelOf("cmo-hfox");
    const whole = (age: number): number =>
      Math.hypot(
        device.readSigma(microsiemens(50), seconds(age)),
        device.persistentSigma(microsiemens(50), seconds(age)),
      );
    expect(whole(1) * 1e6).toBeCloseTo(0.171, 3);
    expect(whole(day) * 1e6).toBeCloseTo(0.233, 3);
  });

  it("refuses conductances outside 8 … 90 µS", () => {
    expect(() => cmoNoiseSize(microsiemens(7))).toThrow(refused);
    expect(() => cmoProgrammingSigma(microsiemens(91), 0.02)).toThrow(refused);
  });

  it("hold the law at the window's edges in the device model", async () => {
    const device = await modelOf("cmo-hfox");
    const sigma = (g: number): number => device.readSigma(microsiemens(g), seconds(1));
    expect(sigma(95)).toBe(sigma(90));
    expect(sigma(4)).toBeCloseTo(sigma(8) / 2, 12);
  });
});

describe("relaxation in the device model", () => {
  it.each([
    [4, 1.56, 2.45],
    [10, 2.26, 3.72],
    [20, 2.02, 3.91],
    [30, 1.53, 3.37],
    [40, 1.1, 2.65],
  ])(
    "of rram-wan2022 takes %f µS from the published %f µS at 1 s to %f µS at 1 day",
    async (g, first, last) => {
      const { programmingSigma, relaxation } = await modelOf("rram-wan2022");
      const sigma = programmingSigma(microsiemens(g)) * 1e6;
      expect(Math.abs(sigma - first)).toBeLessThan(0.006);
      const { sigma: walked } = relaxation!.step(microsiemens(g), { from: seconds(0), to: day });
      expect(Math.abs(Math.hypot(sigma, walked * 1e6) - last)).toBeLessThan(0.006);
    },
  );

  it("of cmo-hfox shifts by −1.012 µS in a day, and both it and rram-wan2022 stand still where nothing was measured", async () => {
    const { relaxation } = await modelOf("cmo-hfox");
    const { shift } = relaxation!.step(microsiemens(30), { from: seconds(0), to: day });
    expect(shift * 1e6).toBeCloseTo(-1.012, 3);
    const wan = (await modelOf("rram-wan2022")).relaxation!;
    const late = wan.step(microsiemens(20), { from: seconds(2 * day), to: seconds(30 * day) });
    expect(late).toEqual({ shift: 0, sigma: 0 });
    expect((await modelOf("hfox-tsinghua")).relaxation).toBeUndefined();
  });
});
