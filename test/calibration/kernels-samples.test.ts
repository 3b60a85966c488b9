import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import { newKernels } from "../../calibration/kernels/wasm.ts";
import { sameBits } from "./same-bits.ts";

const chance = randomStream(20261121, 7);
const normal = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, () => scale * chance.normal());
const positive = (length: number, scale = 1): Float32Array => normal(length, scale).map(Math.abs);
const padded = (n: number): number => (n + 7) & ~7;

/** Seed, stream of the normals, stream of the Laplace numbers, nothing held. */
const key = Uint32Array.of(9, 1, 6, 7, 0, 0);
const [draws, mean, gaussian, laplace, out] = [16_384, 65_536, 131_072, 196_608, 262_144] as const;

describe("a kernel of read-outs and its mirror give the same bits", () => {
  it.each([
    [10, 1, 0],
    [10, 3, 2],
    [16, 5, 0],
    [129, 2, 1],
    [1024, 2, 0],
    [1500, 3, 1],
  ])(
    "samples of %i columns, %i repeats from the %ith on, with and without tails",
    (cols, repeats, repeat) => {
      const vectors = 4;
      const size = vectors * padded(cols);
      const given = {
        [draws]: key,
        [mean]: normal(size, 40),
        [gaussian]: positive(size, 3),
        [laplace]: positive(size, 2),
      };
      const count = vectors * repeats - repeat;
      for (const tails of [0, laplace])
        for (const first of [0, 37, 2 ** 32 - 2]) {
          const moments = [mean, gaussian, tails, repeat, repeats] as const;
          sameBits(given, (by) => [
            by.momentCodes(...moments, out, cols, -60, 59, draws, first, count),
            by.momentLines(...moments, out + 131_072, cols, draws, first, count),
          ]);
        }
    },
  );

  it("widened codes and their squares, sums as floats", () => {
    const codes = Int16Array.from({ length: 40 }, () => 65_536 * chance.uniform() - 32_768);
    const sums = Int32Array.from({ length: 20 }, () => 2 ** 32 * chance.uniform() - 2 ** 31);
    sameBits({ [mean]: codes, [gaussian]: sums }, (by) => {
      by.widened(mean, out, 37, 0.37);
      by.squares16(mean, out + 4096, 37, 2 ** -15);
      by.floated(gaussian, 18, 1e-3);
    });
  });

  it.each([1e-3, 1, 1e3])("which lines are weaker than a bound times %f", (factor) => {
    const [rows, n8] = [40, 24];
    const given = { [mean]: positive(rows * n8), [draws]: positive(n8, 0.01).fill(0, 20) };
    sameBits(given, (by) => by.coarse(mean, draws, factor, rows, n8, out));
  });

  it("moments, amplified lines, their codes and sums, products", () => {
    const [rows, n8] = [5, 24];
    const given = {
      [mean]: normal(rows * n8, 30),
      [gaussian]: positive(rows * n8, 4).fill(0, 3, 9),
      [laplace]: positive(rows * n8, 4).fill(0, 3, 12),
      [draws]: normal(2 * n8),
    };
    const [gain, offset] = [draws, draws + 4 * n8];
    for (const fourth of [0, laplace])
      sameBits(given, (by) => {
        by.columnMoments(mean, gaussian, fourth, gain, offset, out + 4096, rows, n8);
        by.amplified(mean, gain, offset, rows, n8);
        by.multiplied(mean, mean, out + 8192, rows * n8 - 3);
        const saturated = by.lineCodes(mean, out + 32_768, rows, n8 - 5, -31, 30);
        by.tallied(out + 32_768, rows, n8 - 5, out + 65_536, out + 131_072);
        return saturated;
      });
  });
});

describe("a kernel of on-board networks and its mirror give the same bits", () => {
  it.each([
    [1, 1, 0],
    [2, 3, 1],
    [2, 1, 0],
    [3, 2, 0],
    [4, 5, 3],
  ])(
    "signed sums of %i devices a weight, %i read-outs averaged, from the %ith on",
    (devices, repeats, repeat) => {
      const outputs = 13;
      const columns = outputs * devices;
      const count = 4 * repeats - repeat;
      const codes = Int16Array.from({ length: columns * count }, () => 65_536 * chance.uniform() - 32_768);
      const signs = Int16Array.from({ length: 16 }, (_, k) => (k % 2 ? -1 : 1));
      const [at, sums] = [mean, laplace];
      const by = sameBits({ [at]: codes, [draws]: signs }, (each) =>
        each.signedSums(at, repeat, repeats, columns, devices, draws, sums, 64, count),
      );
      let expected = 0;
      for (let r = 0; r < repeats - repeat; r++)
        for (let d = 0; d < devices; d++) expected += codes[r * columns + 5 * devices + d]! * signs[d]!;
      expect(by.reserve(0).i32[sums / 4 + 5]).toBe(expected);
    },
  );

  it("values, what is left to add, the next codes", () => {
    const [rows, n8] = [5, 24];
    const given = {
      [mean]: Int32Array.from({ length: rows * n8 }, () => 4000 * chance.normal()),
      [gaussian]: normal(rows * n8),
      [draws]: normal(4 * n8 + rows, 0.1),
    };
    const [scale, bias, offset, floor, totals] = [0, 1, 2, 3, 4].map((place) => draws + 4 * n8 * place) as [
      number,
      number,
      number,
      number,
      number,
    ];
    for (const relu of [0, 1])
      sameBits(given, (by) => {
        by.scaledSums(mean, scale, bias, offset, totals, rows, n8);
        const short = by.deviations(gaussian, floor, rows, n8);
        return [short, by.requantised(mean, out, rows, n8 - 3, relu, relu ? 0 : -100, 127)];
      });
  });
});

describe("samples from moments", () => {
  const by = newKernels();
  const cols = 12;
  const vectors = 3;
  const repeats = 50;
  const size = vectors * padded(cols);
  const place = (): void => {
    const { f32, u32 } = by.reserve(1 << 20);
    u32.set(key, draws / 4);
    f32.set(
      Float32Array.from({ length: size }, (_, i) => (i * 7) % 90),
      mean / 4,
    );
    f32.fill(4, gaussian / 4, gaussian / 4 + size);
    f32.fill(3, laplace / 4, laplace / 4 + size);
  };
  const take = (first: number, count: number): number[] => {
    const skipped = 4 * padded(cols) * Math.floor(first / repeats);
    const moments = [
      mean + skipped,
      gaussian + skipped,
      laplace + skipped,
      first % repeats,
      repeats,
    ] as const;
    by.momentCodes(...moments, out, cols, -128, 127, draws, 1000 + first, count);
    return [...by.reserve(0).i16.subarray(out / 2, out / 2 + count * cols)];
  };

  it("are the same one by one, backwards, and cut anywhere", () => {
    place();
    const whole = take(0, vectors * repeats);
    for (let s = vectors * repeats - 1; s >= 0; s -= 7)
      expect(take(s, 1)).toEqual(whole.slice(s * cols, (s + 1) * cols));
    for (const cut of [1, 49, 50, 84, 85, 86, 149])
      expect([...take(0, cut), ...take(cut, 150 - cut)]).toEqual(whole);
    place();
    expect(take(60, 90)).toEqual(whole.slice(60 * cols));
  });

  it("split a sum of n equal Laplace devices so that variance and kurtosis 3 + 3/n are kept", () => {
    for (const n of [1, 4, 100]) {
      const { f32 } = by.reserve(1 << 20);
      const [gain, offset] = [draws, draws + 32];
      f32.fill(-2, gain / 4, gain / 4 + 8).fill(5, offset / 4, offset / 4 + 8);
      f32.fill(10, mean / 4, mean / 4 + 8).fill(9 * n, gaussian / 4, gaussian / 4 + 8);
      f32.fill(81 * n, laplace / 4, laplace / 4 + 8);
      by.columnMoments(mean, gaussian, laplace, gain, offset, out, 1, 8);
      const [normalPart, scale] = [f32[gaussian / 4]!, f32[laplace / 4]!];
      expect([f32[mean / 4], f32[out / 4]]).toEqual([-15, n]);
      // A Laplace number has the variance 2 and the fourth cumulant 12.
      expect(normalPart ** 2 + 2 * scale ** 2).toBeCloseTo(4 * 9 * n, 2);
      expect((12 * scale ** 4) / (4 * 9 * n) ** 2).toBeCloseTo(3 / n, 5);
    }
  });
});
