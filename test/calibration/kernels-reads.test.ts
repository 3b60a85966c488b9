import { describe, expect, it } from "vitest";
import { fillLaplaces, fillNormals, randomStream } from "#calibration";
import { type DeviceArray, deviceReads, mergedPairs } from "../../calibration/kernels/device-reads.ts";
import { momentReads } from "../../calibration/kernels/moment-reads.ts";
import { numbers } from "../../calibration/kernels/numbers.ts";
import { direct, inPlace, pool } from "../../calibration/kernels/pool.ts";
import { ksCritical, ksDistance, ksTwoSample, laplaceCdf, meanAndVariance, normalCdf } from "./statistics.ts";

const chance = randomStream(5, 6);
const uniform = (length: number, scale: number): Float32Array =>
  Float32Array.from({ length }, () => scale * chance.uniform());

const [rows, cols] = [50, 11];
const array: DeviceArray = {
  rows,
  cols,
  conductance: uniform(rows * cols, 100),
  sigma: uniform(rows * cols, 5),
};
const other: DeviceArray = {
  rows,
  cols,
  conductance: uniform(rows * cols, 100),
  sigma: uniform(rows * cols, 5),
};
const inputs = uniform(rows, 0.2);
const at = { seed: 20261121, stream: 8, first: 0 };
const count = 30_000;

const column = (out: ArrayLike<number>, j: number): Float64Array =>
  Float64Array.from({ length: out.length / cols }, (_, r) => out[r * cols + j]!);

/** Mean and variance of a column current by the sums of the theory. */
function closedForm({ conductance, sigma }: DeviceArray, j: number): { mean: number; deviation: number } {
  let [mean, variance] = [0, 0];
  for (let i = 0; i < rows; i++) {
    mean += inputs[i]! * conductance[i * cols + j]!;
    variance += (inputs[i]! * sigma[i * cols + j]!) ** 2;
  }
  return { mean, deviation: Math.sqrt(variance) };
}

/** Five standard errors of mean, variance and kurtosis, and KS at 1e-5: false alarm 2e-5 a column and array. */
function expectNormal(values: Float64Array, { mean, deviation }: { mean: number; deviation: number }): void {
  const z = values.map((value) => (value - mean) / deviation);
  const of = meanAndVariance(z);
  const root = Math.sqrt(z.length);
  expect(Math.abs(of.mean) * root).toBeLessThan(5);
  expect((Math.abs(of.variance - 1) * root) / Math.SQRT2).toBeLessThan(5);
  expect((Math.abs(of.kurtosis - 3) * root) / Math.sqrt(24)).toBeLessThan(5);
  expect(ksDistance(z, normalCdf) * root).toBeLessThan(ksCritical);
}

describe("read-outs of every device", () => {
  it("have the normal distribution of the sum over devices, column by column", () => {
    const out = direct(deviceReads(array))({ ...at, inputs, count });
    for (const j of [0, 7, 10]) expectNormal(column(out, j), closedForm(array, j));
  });

  it("are independent between columns and between successive reads", () => {
    const out = direct(deviceReads(array))({ ...at, inputs, count });
    const z = [0, 1, 8].map((j) => {
      const { mean, deviation } = closedForm(array, j);
      return column(out, j).map((value) => (value - mean) / deviation);
    });
    const correlation = (a: Float64Array, b: Float64Array): number =>
      a.reduce((sum, x, r) => sum + x * b[r]!, 0) / Math.sqrt(a.length);
    expect(Math.abs(correlation(z[0]!, z[1]!))).toBeLessThan(5);
    expect(Math.abs(correlation(z[0]!, z[2]!))).toBeLessThan(5);
    expect(Math.abs(correlation(z[0]!.subarray(1), z[0]!.subarray(0, -1)))).toBeLessThan(5);
  });

  it("of merged pairs have the difference of the means and the sum of the variances", () => {
    const merged = mergedPairs(array, other);
    const out = direct(deviceReads(merged))({ ...at, inputs, count });
    const [plus, minus] = [closedForm(array, 3), closedForm(other, 3)];
    const deviation = Math.hypot(plus.deviation, minus.deviation);
    expectNormal(column(out, 3), { mean: plus.mean - minus.mean, deviation });
  });

  it("of a device with Laplace noise have its density, with the standard deviation given (KS, false alarm 1e-5)", () => {
    const one = { rows: 1, cols: 1, conductance: Float32Array.of(7), sigma: Float32Array.of(2) };
    const out = direct(deviceReads({ ...one, law: "laplace" }))({ ...at, inputs: Float32Array.of(1), count });
    const inScales = Float64Array.from(out, (g) => (g - 7) / Math.SQRT2);
    expect(ksDistance(inScales, laplaceCdf) * Math.sqrt(count)).toBeLessThan(ksCritical);
  });

  it("with Laplace noise have the variance of the sum, and its kurtosis 3 + 3 Σ w⁴ / (Σ w²)²", () => {
    const out = direct(deviceReads({ ...array, law: "laplace" }))({ ...at, inputs, count });
    for (const j of [0, 7, 10]) {
      const { mean, deviation } = closedForm(array, j);
      const squares = Array.from(inputs, (x, i) => (x * array.sigma[i * cols + j]!) ** 2);
      const excess = (3 * squares.reduce((sum, w) => sum + w * w, 0)) / deviation ** 4;
      const of = meanAndVariance(column(out, j).map((value) => (value - mean) / deviation));
      // Five standard errors; the kurtosis's is that of a normal, widened for this one's eighth moment.
      expect(Math.abs(of.mean) * Math.sqrt(count)).toBeLessThan(5);
      expect(Math.abs(of.variance - 1) * Math.sqrt(count / (2 + excess))).toBeLessThan(5);
      expect(Math.abs(of.kurtosis - 3 - excess) * Math.sqrt(count / 24)).toBeLessThan(7);
    }
  });

  /** Mean and variance of max(0, z) for z of the density e^(−z²/2)/√(2π) and of e^(−√2 |z|)/√2, both of variance 1. */
  it.each([
    ["gaussian", 1 / Math.sqrt(2 * Math.PI), 0.5 - 0.5 / Math.PI],
    ["laplace", Math.SQRT1_2 / 2, 3 / 8],
  ] as const)("that are clipped at zero have the moments of the rectified law (%s)", (law, m, v) => {
    const one = {
      rows: 1,
      cols: 1,
      conductance: Float32Array.of(0),
      sigma: Float32Array.of(2),
      clip: true,
      law,
    };
    const out = direct(deviceReads(one))({ ...at, inputs: Float32Array.of(3), count: 200_000 });
    const { mean, variance } = meanAndVariance(out);
    expect(Math.abs(mean - 6 * m) / Math.sqrt((36 * v) / 200_000)).toBeLessThan(5);
    expect(variance / (36 * v)).toBeCloseTo(1, 1.5);
    expect(Math.min(...out.subarray(0, 1000))).toBe(0);
  });

  it("can each be taken alone, and each with inputs of its own", () => {
    const read = direct(deviceReads(array));
    const all = read({ ...at, inputs, count: 9 });
    const seventh = read({ ...at, first: 7, inputs, count: 1 });
    expect(seventh).toEqual(all.subarray(7 * cols, 8 * cols));
    const nine = new Float32Array(9 * rows).map((_, i) => inputs[i % rows]!);
    expect(read({ ...at, inputs: nine, count: 9 })).toEqual(all);
  });
});

it.each([
  ["normals", fillNormals],
  ["laplaces", fillLaplaces],
] as const)("draws the same %s in a kernel's memory as into an array, in any number", (law, fill) => {
  const draw = inPlace(numbers(law));
  for (const length of [1, 16, 4096, 10_001, 5]) {
    const wanted = new Float32Array(length);
    fill(wanted, 2 ** 40 + 11, 3, 9, 7);
    expect(draw({ seed: 2 ** 40 + 11, stream: 3, a: 9, b: 7, count: length })).toEqual(wanted);
  }
});

describe("read-outs from moments", () => {
  const converted = { rows, cols, mean: array.conductance, sigma: array.sigma, low: -2048, high: 2047 };
  const fine = {
    ...converted,
    mean: array.conductance.map((g) => g * 4),
    sigma: array.sigma.map((s) => s * 40),
  };

  it("agree in distribution with read-outs of every device (two-sample KS, false alarm 1e-5 a column)", () => {
    const { codes } = direct(momentReads({ ...fine, low: -32_768, high: 32_767 }))({
      ...at,
      inputs,
      repeats: count,
    });
    const scaled = { ...array, conductance: fine.mean, sigma: fine.sigma };
    const every = direct(deviceReads(scaled))({ ...at, seed: 3, inputs, count }).map(Math.round);
    for (const j of [0, 5, 10]) {
      const distance = ksTwoSample(column(codes, j), column(every, j));
      expect(distance * Math.sqrt(count / 2)).toBeLessThan(ksCritical);
    }
  });

  it("in place are the same codes, and lie where the next call writes", () => {
    const [kept, lent] = [direct(momentReads(converted)), inPlace(momentReads(converted))];
    const request = { ...at, inputs, repeats: 40 };
    const [wanted, first] = [kept(request), lent(request)];
    expect(first).toEqual(wanted);
    const other = lent({ ...request, first: 40 });
    expect(other.codes.buffer).toBe(first.codes.buffer);
    expect(first.codes).toEqual(other.codes);
    expect(wanted.codes).not.toEqual(other.codes);
  });

  it("count the codes at either end of the converter, and no others", () => {
    const { codes, saturated } = direct(momentReads({ ...fine, low: -100, high: 2047 }))({
      ...at,
      inputs: uniform(3 * rows, 0.3),
      repeats: 500,
    });
    expect(codes.filter((code) => code === -100 || code === 2047).length).toBe(saturated);
    expect(saturated).toBeGreaterThan(10);
    expect(codes.every((code) => code >= -100 && code <= 2047)).toBe(true);
  });

  it("give a sample the same codes however the batch is cut", () => {
    const read = direct(momentReads(converted));
    const all = read({ ...at, inputs, repeats: 300 }).codes;
    const later = read({ ...at, first: 211, inputs, repeats: 50 }).codes;
    expect(later).toEqual(all.subarray(211 * cols, 261 * cols));
  });
});

it("does not depend on the number of workers, to the last bit", async () => {
  const requests = Array.from({ length: 7 }, (_, part) => ({ ...at, first: part * 40, inputs, count: 40 }));
  const whole = direct(deviceReads(array))({ ...at, inputs, count: 280 });
  for (const workers of [0, 1, 2, 3]) {
    await using many = pool(deviceReads(array), workers);
    const parts = await many.run(requests);
    expect(Float32Array.from(parts.flatMap((part) => [...part]))).toEqual(whole);
  }
});

it("refuses what was still asked for when the pool is disposed, and answers requests that overlap", async () => {
  const many = pool(deviceReads(array), 2);
  const ask = (first: number) => many.run([{ ...at, first, inputs, count: 20 }]);
  const [one, two] = await Promise.all([ask(0), ask(20)]);
  const whole = direct(deviceReads(array))({ ...at, inputs, count: 40 });
  expect([...one![0]!, ...two![0]!]).toEqual([...whole]);
  // A tenth of a second of work in a hundred messages: the threads end before it does.
  const much = Array.from({ length: 100 }, (_, part) => ({ ...at, first: 2000 * part, inputs, count: 2000 }));
  const left = expect(many.run(much)).rejects.toMatchObject({ code: "THREADS_ENDED" });
  await many[Symbol.asyncDispose]();
  await left;
});
