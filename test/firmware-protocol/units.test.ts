import { describe, expect, it } from "vitest";
import {
  type Amps,
  amps,
  type Kelvin,
  kelvin,
  microamps,
  microsiemens,
  millivolts,
  nanoseconds,
  type Ohms,
  ohms,
  type Seconds,
  type Siemens,
  seconds,
  siemens,
  type Volts,
  volts,
} from "#protocol";

describe("units", () => {
  it.each([siemens, volts, amps, seconds, kelvin, ohms])("refuse NaN and infinity, with the mend", (unit) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(() => unit(value)).toThrow(/is no value in/);
    expect(unit(1.25)).toBe(1.25);
  });

  it("take prefixes only at the edge: 50 µS is 5e-5 S", () => {
    expect(microsiemens(50)).toBeCloseTo(5e-5, 18);
    expect(microamps(2)).toBeCloseTo(2e-6, 18);
    expect(millivolts(300)).toBeCloseTo(0.3, 15);
    expect(nanoseconds(100)).toBeCloseTo(1e-7, 18);
  });
});

// The type-checker is the test: each line must fail to compile without its mark.
// @ts-expect-error volts are not siemens
const _siemens: Siemens = volts(1);
// @ts-expect-error siemens are not volts
const _volts: Volts = siemens(1);
// @ts-expect-error volts are not amps
const _amps: Amps = volts(1);
// @ts-expect-error kelvin are not seconds
const _seconds: Seconds = kelvin(1);
// @ts-expect-error seconds are not kelvin
const _kelvin: Kelvin = seconds(1);
// @ts-expect-error siemens are not ohms
const _ohms: Ohms = siemens(1);
// @ts-expect-error a bare number has no unit
const _bare: Siemens = 1e-6;
// @ts-expect-error a sum of conductances is wrapped once, where it is returned
const _sum: Siemens = siemens(1) + siemens(1);
