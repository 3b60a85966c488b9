import { describe, expect, it } from "vitest";
import {
  accumulated,
  accumulatedAtOnce,
  addLayerNoise,
  bitPlane,
  bitSerial,
  bitSerialVariance,
  columnErrors,
  combinedNoise,
  converterLevels,
  convertWith,
  type NoiseSchedule,
  noiseSizes,
  randomStream,
  streams,
} from "#calibration";
import { ksCritical, ksDistance, meanAndVariance, normalCdf } from "./statistics.ts";

const refused = expect.objectContaining({ code: "OUT_OF_MODEL" });
const at = { seed: 8, stream: streams.converters, converter: 0 };
const ideal = { bits: 8, gain: 0, offset: 0, inl: 0, dnl: 0 };
const ramp = Float64Array.from({ length: 4001 }, (_, i) => -150 + 0.075 * i);
const converted = (levels: Float64Array, values = ramp): Int16Array => {
  const codes = new Int16Array(values.length);
  convertWith(levels, values, { codes });
  return codes;
};

describe("a converter", () => {
  it("without errors rounds to the nearest code and saturates at both ends", () => {
    const codes = new Int16Array(ramp.length);
    const saturated = convertWith(converterLevels(ideal, at), ramp, { codes });
    ramp.forEach((value, i) => {
      expect(codes[i]).toBe(Math.min(127, Math.max(-128, Math.floor(value + 0.5))));
    });
    expect(saturated).toBe(codes.filter((code) => code === 127 || code === -128).length);
    expect(saturated).toBeGreaterThan(500);
  });

  it("with gain and offset shows (1 + gain) level + offset", () => {
    const levels = converterLevels({ ...ideal, gain: 0.1, offset: 3 }, at);
    levels.forEach((level, k) => {
      expect(level).toBeCloseTo(1.1 * (k - 128) + 3, 10);
    });
    expect(converted(levels, Float64Array.of(3, 3 + 1.1 * 50))).toEqual(Int16Array.of(0, 50));
  });

  it("bows by its INL in the middle and not at the ends", () => {
    const levels = converterLevels({ ...ideal, inl: 2 }, at);
    const inl = levels.map((level, k) => level - (k - 128));
    expect([inl[0], inl[255]]).toEqual([0, 0]);
    expect(Math.max(...inl)).toBeCloseTo(2, 3);
  });

  it("has steps that vary by its DNL (five standard errors), never falls, and ends where it should", () => {
    const levels = converterLevels({ ...ideal, bits: 12, dnl: 0.2 }, at);
    const widths = levels.subarray(1).map((level, k) => level - levels[k]!);
    const { mean, variance } = meanAndVariance(widths);
    expect(mean).toBeCloseTo(1, 12);
    expect(Math.abs(Math.sqrt(variance) / 0.2 - 1)).toBeLessThan(5 / Math.sqrt(2 * 4095) + 0.01);
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(0);
    expect(levels[0]).toBe(-2048);
    expect(levels[4095]).toBeCloseTo(2047, 9);
    const codes = converted(levels, ramp);
    expect(codes.every((code, i) => i === 0 || code >= codes[i - 1]!)).toBe(true);
  });

  it("is the same from the same address, and another for another converter", () => {
    const errors = { ...ideal, dnl: 0.3 };
    expect(converterLevels(errors, at)).toEqual(converterLevels(errors, at));
    expect(converterLevels(errors, { ...at, converter: 1 })).not.toEqual(converterLevels(errors, at));
  });

  it("adds its noise before it rounds: variance σ² + 1/12 steps² (five standard errors)", () => {
    const codes = new Int16Array(20_000);
    const random = randomStream(1, streams.converters);
    const values = new Float64Array(20_000).fill(0.3);
    convertWith(converterLevels(ideal, at), values, { codes, noise: 3, random: random.normal });
    const { mean, variance } = meanAndVariance(codes);
    expect(Math.abs(mean - 0.3)).toBeLessThan(5 * Math.sqrt(9 / 20_000));
    expect(Math.abs(variance / (9 + 1 / 12) - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
  });

  it("draws column gains and offsets at their spread, and refuses what no converter is", () => {
    const { gains, offsets } = columnErrors({ cols: 4096, gain: 0.23, offset: 3 }, at);
    const root = Math.sqrt(4096);
    expect(ksDistance(gains, (x) => normalCdf((x - 1) / 0.23)) * root).toBeLessThan(ksCritical);
    expect(ksDistance(offsets, (x) => normalCdf(x / 3)) * root).toBeLessThan(ksCritical);
    expect(() => columnErrors({ cols: 4, gain: 0.4, offset: 0 }, at)).toThrow(refused);
    expect(() => converterLevels({ ...ideal, bits: 17 }, at)).toThrow(refused);
    expect(() => converterLevels({ ...ideal, dnl: 2 }, at)).toThrow(refused);
  });
});

describe("inputs one bit at a time", () => {
  const exact = (plane: Int8Array): Float64Array => Float64Array.of(plane.reduce((sum, x) => sum + x, 0));
  it("give Σ 2^k of the planes, which is the sum of the codes", () => {
    const codes = Int16Array.of(5, -7, 0, 3);
    expect(bitPlane(codes, 1)).toEqual(Int8Array.of(0, -1, 0, 1));
    expect(bitSerial(codes, 3, exact)).toEqual(Float64Array.of(1));
  });

  it.each([
    [1, 1],
    [3, 21 / 49],
    [8, 257 / 765],
  ])(
    "with %d bits have %f of one read's variance, as drawn plane by plane (five standard errors)",
    (bits, share) => {
      expect(bitSerialVariance(bits)).toBeCloseTo(share, 14);
      const random = randomStream(2, bits);
      const codes = Int16Array.of(2 ** bits - 1);
      // A cell whose conductance is new in each plane: current (1 + 0.1 z) · input.
      const sums = Float64Array.from(
        { length: 20_000 },
        () => bitSerial(codes, bits, ([x]) => Float64Array.of(x! * (1 + 0.1 * random.normal())))[0]!,
      );
      const relative = meanAndVariance(sums).variance / (0.1 * (2 ** bits - 1)) ** 2;
      expect(Math.abs(relative / share - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
    },
  );

  it("refuse codes of more bits, and more than 15 bits", () => {
    expect(() => bitSerial(Int16Array.of(8), 3, exact)).toThrow(refused);
    expect(() => bitSerialVariance(16)).toThrow(refused);
  });
});

describe("an analog accumulator", () => {
  it("gives 2 for 8 + 8 − 8 within ± 10, 8 for 8 − 8 + 8, and 8 at once (papers.md §4)", () => {
    expect(accumulated([8, 8, -8], { limit: 10 })).toBe(2);
    expect(accumulated([8, -8, 8], { limit: 10 })).toBe(8);
    expect(accumulatedAtOnce([8, 8, -8], { limit: 10 })).toBe(8);
  });
  it("forgets what came early when it leaks: 1 then 2 with λ = ½ is 2.5, 2 then 1 is 2", () => {
    expect(accumulated([1, 2], { limit: 10, kept: 0.5 })).toBe(2.5);
    expect(accumulated([2, 1], { limit: 10, kept: 0.5 })).toBe(2);
    expect(accumulatedAtOnce([2, 1], { limit: 1.5, kept: 0.5 })).toBe(1.5);
    expect(() => accumulated([1], { limit: 0 })).toThrow(refused);
  });
});

describe("layer noise", () => {
  const where = { seed: 3, stream: 40, inference: 5, layer: 2 };
  it.each([
    ["additive", { additive: 0.3, multiplicative: 0 }, 0.09],
    ["multiplicative", { additive: 0, multiplicative: 0.1 }, 0.04],
    ["combined, half and half of 0.4", combinedNoise(0.4, 0.5), 0.04 + 0.16],
  ])("that is %s has its variance at activations of 2, and their mean", (_, noise, variance) => {
    const activations = new Float32Array(40_000).fill(2);
    addLayerNoise(activations, noise, where);
    const found = meanAndVariance(activations);
    expect(Math.abs(found.mean - 2)).toBeLessThan(5 * Math.sqrt(variance / 40_000));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 40_000));
  });

  it("replays from its address, and is another in the next inference", () => {
    const run = (inference: number): Float32Array => {
      const activations = new Float32Array(16).fill(1);
      addLayerNoise(activations, combinedNoise(1, 0.1), { ...where, inference });
      return activations;
    };
    expect(run(1)).toEqual(run(1));
    expect(run(2)).not.toEqual(run(1));
    expect(() => addLayerNoise(new Float32Array(1), { additive: -1, multiplicative: 0 }, where)).toThrow(
      refused,
    );
    expect(() => combinedNoise(1, 2)).toThrow(refused);
  });

  const sizes = (schedule: NoiseSchedule, count: number): Float64Array =>
    noiseSizes(schedule, { size: 0.5, count }, { seed: 1, stream: 41 });
  it("stays, or ramps from 0 to its size", () => {
    expect([...sizes({ kind: "constant" }, 3)]).toEqual([0.5, 0.5, 0.5]);
    expect([...sizes({ kind: "ramp", over: 4 }, 6)]).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.5]);
  });

  it("is α s + θ |z| inference by inference: mean α s + θ √(2/π), never below α s", () => {
    const drawn = sizes({ kind: "per-inference", alpha: 0.45, theta: 0.25 }, 20_000);
    const { mean } = meanAndVariance(drawn);
    const error = 0.25 * Math.sqrt((1 - 2 / Math.PI) / 20_000);
    expect(Math.abs(mean - 0.225 - 0.25 * Math.sqrt(2 / Math.PI))).toBeLessThan(5 * error);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.225);
  });

  it("walks by θ an inference from its size, and is never negative", () => {
    const drawn = sizes({ kind: "random-walk", theta: 0.001 }, 10_000);
    expect(drawn[0]).toBe(0.5);
    const steps = drawn.subarray(1).map((size, i) => size - drawn[i]!);
    expect(Math.abs(meanAndVariance(steps).variance / 1e-6 - 1)).toBeLessThan(5 * Math.sqrt(2 / 10_000));
    expect(Math.min(...sizes({ kind: "random-walk", theta: 1 }, 1000))).toBeGreaterThanOrEqual(0);
    expect(() => noiseSizes({ kind: "constant" }, { size: -1, count: 1 }, { seed: 1, stream: 1 })).toThrow(
      refused,
    );
  });
});
