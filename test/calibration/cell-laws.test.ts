import { describe, expect, it } from "vitest";
import {
  activatedConductance,
  cmoNoiseSize,
  cmoProgrammingSigma,
  conductanceAt,
  cubicCurrent,
  disturbed,
  faultyConductance,
  hermesNoiseSize,
  hermesProgrammingShare,
  johnsonCurrent,
  miloCurrent,
  miloProgrammingSigma,
  noiseGathered,
  shotCurrent,
  sonosReadSigma,
  sonosSigma,
  wanProgrammingSigma,
  wanRelaxation,
  wornWindow,
} from "#calibration";
import { amps, kelvin, microamps, microsiemens, seconds, siemens, volts } from "#protocol";

const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
const day = 86_400;

describe("CMO/HfOx, table B2", () => {
  it.each([
    [1, 0.171],
    [day, 0.233],
  ])("has 1/f read noise of σ at 50 µS, %d s after programming: %f µS", (t, sigma) => {
    const found = cmoNoiseSize(microsiemens(50)) * Math.sqrt(noiseGathered(seconds(t), seconds(1e-6)));
    expect(found * 1e6).toBeCloseTo(sigma, 2);
  });
  it("leaves 0.0543 µS at 50 µS with verify to 0.2 %, 0.5757 µS with 2 %; none is known below 8 µS", () => {
    expect(cmoProgrammingSigma(microsiemens(50), 0.002) * 1e6).toBeCloseTo(0.05425, 5);
    expect(cmoProgrammingSigma(microsiemens(50), 0.02) * 1e6).toBeCloseTo(0.57573, 5);
    expect(() => cmoNoiseSize(microsiemens(7))).toThrow(refused);
  });
});

it("HERMES, table A2: at full conductance σ_prog is 1.0076 µS and Q_s 0.0168", () => {
  const top = microsiemens(10.35);
  expect(hermesProgrammingShare(top, top) * 10.35).toBeCloseTo(1.00756712, 8);
  expect(hermesNoiseSize(top, top)).toBeCloseTo(0.0168, 10);
});

describe("CrossSim's laws, §B3", () => {
  it.each([
    [4, 1.83],
    [10, 2.41],
    [20, 2.36],
    [39, 1.67],
  ])("give NeuRRAM's cells at %d µS the programming error %f µS after 1 s", (g, sigma) => {
    expect(Math.abs(wanProgrammingSigma(microsiemens(g)) * 1e6 - sigma)).toBeLessThan(0.0052);
  });

  it("differ from aihwkit's fit to the same cells by at most 0.75 µS", () => {
    for (let g = 0; g <= 39; g++) {
      const other = wanRelaxation.sigma(microsiemens(g), seconds(1));
      expect(Math.abs(wanProgrammingSigma(microsiemens(g)) - other)).toBeLessThan(0.75e-6);
    }
    expect(() => wanProgrammingSigma(microsiemens(40))).toThrow(refused);
  });

  it("bend Milo's current by 4.25 % at 100 µS and 0.5 V, and nothing at 0 V", () => {
    // x = −4: N₂ = −8.2e−6, N₃ = −6e−7; 50 µA − 2.05 µA − 0.075 µA.
    expect(miloCurrent(microsiemens(100), volts(0.5)) * 1e6).toBeCloseTo(47.875, 6);
    expect(miloCurrent(microsiemens(100), volts(0))).toBe(0);
    expect(miloProgrammingSigma(microsiemens(100)) * 1e6).toBeCloseTo(3.871621, 9);
  });

  it("refuse Milo's cells below 50 µS, above 225 µS and beyond 0.5 V", () => {
    expect(() => miloCurrent(microsiemens(49), volts(0.1))).toThrow(refused);
    expect(() => miloProgrammingSigma(microsiemens(226))).toThrow(refused);
    expect(() => miloCurrent(microsiemens(100), volts(0.51))).toThrow(refused);
  });

  it("take 1 % off the cubic device's current at 0.2 V, and a quarter at 1 V", () => {
    expect(cubicCurrent(microsiemens(10), volts(0.2)) / 2e-6).toBeCloseTo(0.99, 12);
    expect(cubicCurrent(microsiemens(10), volts(-1)) / -1e-5).toBeCloseTo(0.75, 12);
    expect(() => cubicCurrent(microsiemens(10), volts(1.2))).toThrow(refused);
  });

  it("spread SONOS currents by A (1 − 1/e) at I = B, day by day, and saturate at A", () => {
    [
      [19.887, 176.31],
      [25.591, 186.86],
      [28.728, 193.57],
      [31.043, 198.9],
      [33.762, 204.77],
      [34.579, 207.34],
    ].forEach(([a, b], days) => {
      const sigma = sonosSigma(amps(b! * 1e-9), seconds(days * day)) * 1e9;
      expect(sigma / a!).toBeCloseTo(1 - 1 / Math.E, 10);
    });
    expect(sonosReadSigma(microamps(3.2)) * 1e9).toBeCloseTo(12.58, 4);
  });

  it("say nothing of SONOS between days, after five, or above 3.2 µA", () => {
    expect(() => sonosSigma(microamps(1), seconds(day / 2))).toThrow(refused);
    expect(() => sonosSigma(microamps(1), seconds(6 * day))).toThrow(refused);
    expect(() => sonosReadSigma(microamps(3.3))).toThrow(refused);
  });
});

describe("temperature", () => {
  it("makes 0.18 nA of Johnson noise in 20 µS over 100 kHz at 300 K, and √(4/3) of it at 400 K", () => {
    const cool = johnsonCurrent(microsiemens(20), 1e5);
    expect(cool * 1e9).toBeCloseTo(0.182, 3);
    expect(johnsonCurrent(microsiemens(20), 1e5, kelvin(400)) / cool).toBeCloseTo(Math.sqrt(4 / 3), 12);
    expect(() => johnsonCurrent(microsiemens(20), 1e5, kelvin(600))).toThrow(refused);
    expect(() => johnsonCurrent(microsiemens(20), -1)).toThrow(refused);
    expect(() => johnsonCurrent(siemens(-1e-6), 1e5)).toThrow(refused);
  });
  it("makes 17.9 nA of shot noise in 10 µA over 100 MHz", () =>
    expect(shotCurrent(microamps(10), 1e8) * 1e9).toBeCloseTo(17.9, 1));
  it("moves no conductance unless a coefficient is given", () => {
    expect(conductanceAt(microsiemens(10), kelvin(400))).toBe(microsiemens(10));
    expect(conductanceAt(microsiemens(10), kelvin(350), { coefficient: -1e-3 }) * 1e6).toBeCloseTo(9.5, 12);
    expect(() => conductanceAt(microsiemens(10), kelvin(400), { coefficient: 0.01 })).toThrow(refused);
  });
  // exp(−E_a/k (1/T − 1/300)), k = 8.617333262e-5 eV/K, by Python.
  it.each([
    [0.1, 350, 1.7377585637],
    [0.05, 350, 1.3182407078],
    [0.1, 250, 0.4613332826],
    [0, 400, 1],
  ])("follows Arrhenius: %f eV at %d K conduct %f of what they do at 300 K", (energy, temperature, share) => {
    const warm = activatedConductance(microsiemens(10), kelvin(temperature), energy);
    expect(warm / microsiemens(10)).toBeCloseTo(share, 9);
    expect(() => activatedConductance(microsiemens(10), kelvin(190), energy)).toThrow(refused);
    expect(() => activatedConductance(microsiemens(10), kelvin(temperature), 1.1)).toThrow(refused);
  });
});

describe("wear", () => {
  const fresh = { min: microsiemens(7.5), max: microsiemens(94) };
  it.each([
    [100, 7.5, 94],
    [3162, 7.5, 94],
    [31_623, 7.2, 91],
    [173_205, 8.2, 90],
    [424_264, 12.1, 83],
    [774_597, 10.8, 78],
    [1e6, 10.8, 78],
  ])("leaves after %d cycles the medians %f and %f µS of §B5", (cycles, low, high) => {
    const { min, max } = wornWindow(fresh, cycles);
    expect(min * 1e6).toBeCloseTo(low, 3);
    expect(max * 1e6).toBeCloseTo(high, 3);
  });
  it("closes another cell's window in proportion, and refuses more than a million cycles", () => {
    const scaled = { min: microsiemens(2), max: microsiemens(20) };
    expect(wornWindow(scaled, 774_597).max * 1e6).toBeCloseTo((20 * 78) / 94, 3);
    expect(wornWindow(scaled, 0)).toEqual(scaled);
    expect(() => wornWindow(scaled, 2e6)).toThrow(refused);
  });
  it("disturbs by nothing unless told, and by (1 + p)^n when told", () => {
    expect(disturbed(microsiemens(10), 1e9)).toBe(microsiemens(10));
    expect(disturbed(microsiemens(10), 1e5, { perRead: -1e-6 }) * 1e6).toBeCloseTo(10 * Math.exp(-0.1), 5);
    expect(() => disturbed(microsiemens(10), 1e7, { perRead: 1e-6 })).toThrow(refused);
  });
  it("leaves an open cell 0 S, a shorted one 1 mS, a stuck one an end of its window", () => {
    expect(faultyConductance("open", fresh)).toBe(0);
    expect(faultyConductance("shorted", fresh)).toBe(1e-3);
    expect(faultyConductance("shorted", { ...fresh, short: siemens(2e-3) })).toBe(2e-3);
    expect(faultyConductance("low", fresh)).toBe(fresh.min);
    expect(faultyConductance("high", fresh)).toBe(fresh.max);
  });
});
