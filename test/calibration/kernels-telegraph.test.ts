import { describe, expect, it } from "vitest";
import { telegraph } from "../../calibration/kernels/telegraph.ts";

/** One device a column, driven with 1 and of amplitude 1: a column sum is the device's level. */
const single = (cols: number, up: number, down: number) => ({
  ...{ rows: 1, cols, inputs: Float32Array.of(1), amplitudes: new Float32Array(cols).fill(1) },
  ...{ up: new Float32Array(cols).fill(up), down: new Float32Array(cols).fill(down) },
});
const settled = (steps: number, up: number, down: number): number => Math.ceil(steps / (up + down));

describe.each(["dense", "skip"] as const)("telegraph noise stepped by %s", (how) => {
  it.each([
    [0.3, 0.1],
    [0.02, 0.05],
    [0.9, 0.7],
  ])("is up for up / (up + down) of the time, and forgets by 1 − up − down a step (%f, %f)", (up, down) => {
    const cols = 40_000;
    const noise = telegraph(single(cols, up, down), 3, 8);
    const levels = (step: number): Float64Array => {
      const sums = how === "dense" ? noise.dense(step) : noise.skip(step).sums;
      return Float64Array.from(sums);
    };
    const from = settled(20, up, down);
    for (let step = 0; step < from; step++) levels(step);
    const [before, after] = [levels(from), levels(from + 1)];
    const occupied = up / (up + down);
    const mean = before.reduce((sum, level) => sum + level, 0) / cols;
    // Five standard errors: false alarm 6e-7 each.
    expect(Math.abs(mean - occupied) / Math.sqrt((occupied * (1 - occupied)) / cols)).toBeLessThan(5);
    const share = (level: number): readonly [flipped: number, of: number] => {
      const those = [...before.keys()].filter((j) => before[j] === level);
      return [those.filter((j) => after[j] !== level).length / those.length, those.length];
    };
    for (const [[flipped, of], p] of [
      [share(0), up],
      [share(1), down],
    ] as const)
      expect(Math.abs(flipped - p) / Math.sqrt((p * (1 - p)) / of)).toBeLessThan(5);
  });

  it("adds what each upper device adds, times its input, over rows and columns", () => {
    const [rows, cols] = [37, 13];
    const noise = telegraph(
      {
        ...{ rows, cols, inputs: Float32Array.from({ length: rows }, (_, i) => i + 1) },
        amplitudes: Float32Array.from({ length: rows * cols }, (_, i) => (i % 7) / 8),
        ...{ up: new Float32Array(rows * cols).fill(1), down: new Float32Array(rows * cols) },
      },
      1,
      8,
    );
    const sums = how === "dense" ? noise.dense(0) : noise.skip(0).sums;
    for (let j = 0; j < cols; j++) {
      let expected = 0;
      for (let i = 0; i < rows; i++) expected += ((i + 1) * ((i * cols + j) % 7)) / 8;
      expect(sums[j]).toBe(expected);
    }
  });
});

it("flips as often as its probabilities say when they spread over four decades (false alarm 6e-7)", () => {
  const devices = 4096;
  const odds = Float32Array.from({ length: devices }, (_, i) => 10 ** (-1 - (4 * i) / devices));
  const flat = { rows: 16, cols: 256, inputs: new Float32Array(16).fill(1) };
  const noise = telegraph(
    { ...flat, amplitudes: new Float32Array(devices).fill(1), up: odds, down: odds },
    9,
    8,
  );
  const steps = 2000;
  let flips = 0;
  for (let step = 0; step < steps; step++) flips += noise.skip(step).flips;
  const expected = steps * odds.reduce((sum, p) => sum + p, 0);
  expect(Math.abs(flips - expected) / Math.sqrt(expected)).toBeLessThan(5);
});

it("goes on from dense steps where jumps follow them", () => {
  const noise = telegraph(single(1000, 0.5, 0.5), 4, 8);
  const dense = noise.dense(0);
  const { sums, flips } = noise.skip(1);
  const changed = sums.filter((level, j) => level !== dense[j]).length;
  expect(changed).toBe(flips);
});
