import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import { type Kernels, newKernels, scratch, simd } from "../../calibration/kernels/wasm.ts";
import { fillBy } from "../../calibration/normals.ts";

const [wasm, mirror] = [newKernels("wasm"), newKernels("mirror")];
const bytes = 1 << 19;

/** Numbers of a kernel's arguments, at places from `scratch` on. */
interface Given {
  readonly [at: number]: Float32Array | Int32Array | Uint32Array | Int16Array | Float64Array;
}

/** Runs the same calls on the same memory in WASM and in the mirror, and compares every byte above the constants. */
function same(given: Given, calls: (by: Kernels) => unknown, end = bytes): void {
  const results = [wasm, mirror].map((by) => {
    const { u8 } = by.reserve(bytes);
    u8.fill(0, scratch, bytes);
    for (const [at, numbers] of Object.entries(given))
      u8.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), Number(at));
    return { result: calls(by), memory: Buffer.from(u8.slice(scratch, end)) };
  });
  expect(results[0]!.result).toEqual(results[1]!.result);
  expect(Buffer.compare(results[0]!.memory, results[1]!.memory)).toBe(0);
}

const chance = randomStream(20261121, 1);
const normal = (length: number): Float32Array => Float32Array.from({ length }, () => chance.normal());
const positive = (length: number): Float32Array => normal(length).map(Math.abs);
const whole = (length: number, below: number): Int16Array =>
  Int16Array.from({ length }, () => Math.floor(chance.uniform() * below));
const key = Uint32Array.of(7, 2, 8 | (3 << 8));

const [k, a, b, c, d, e] = [8192, 16384, 65536, 131072, 262144, 393216] as const;

describe("a kernel and its mirror", () => {
  it("are two things here: one in WASM, one not; and constants of the WASM end below the scratch", () => {
    expect(simd).toBe(true);
    const { heap } = wasm as unknown as { heap(): number };
    expect(heap()).toBeLessThanOrEqual(scratch);
  });

  it.each(["normals", "laplaces"] as const)("make %s with the same bits, whatever the length", (law) => {
    for (const length of [1, 7, 8, 9, 17, 1024, 4097, 20_000]) {
      const [fast, plain] = [new Float32Array(length), new Float32Array(length)];
      fillBy(wasm, law, fast, { seed: 2 ** 40 + 11, stream: 3, a: length, b: 5 });
      fillBy(mirror, law, plain, { seed: 2 ** 40 + 11, stream: 3, a: length, b: 5 });
      expect(Buffer.compare(Buffer.from(fast.buffer), Buffer.from(plain.buffer))).toBe(0);
    }
  });

  it.each([
    [1, 1, 1],
    [5, 3, 3],
    [9, 64, 17],
    [2, 0, 3],
    [6, 40, 24],
  ])("multiply %i×%i by its n = %i", (m, inner, n) => {
    const n8 = (n + 7) & ~7;
    same({ [a]: normal(m * inner), [b]: normal(inner * n) }, (by) => {
      by.pack(b, c, inner, n);
      by.gemm(a, c, d, m, inner, n8);
      by.unpad(d, e, m, n, n8);
    });
  });

  it.each([
    [1, 2, 8],
    [7, 30, 16],
    [4, 256, 24],
  ])("multiply codes %i×%i by its n = %i", (m, inner, n8) => {
    const signed = whole(inner * n8, 65_000).map((x) => x - 32_000);
    same({ [a]: whole(m * inner, 127), [b]: signed }, (by) => by.gemm16(a, b, c, m, inner, n8));
  });

  it.each([
    [1, 8, 8, 1],
    [5, 40, 24, 3],
    [16, 256, 16, 2],
    [3, 64, 8, 1e9],
  ])("leave out rows of codes %i×%i by their n = %i that are 0 (one in %i is not)", (m, inner, n8, each) => {
    const codes = whole(m * inner, 127).map((x, i) => ((i % inner) % each === 0 ? x + 1 : 0));
    const signed = whole(inner * n8, 65_000).map((x) => x - 32_000);
    const product = (by: Kernels): Int32Array => by.reserve(bytes).i32.slice(e / 4, e / 4 + m * n8);
    same({ [a]: codes, [b]: signed }, (by) => {
      const count = by.driven(a, m, inner, k);
      by.drivenCodes(a, m, inner, k, count, c);
      by.drivenPanels(b, inner, n8, k, count, d);
      by.gemm16(c, d, e, m, count, n8);
      const without = product(by);
      by.gemm16(a, b, e, m, inner, n8);
      expect(without).toEqual(product(by));
      expect(count).toBe(2 * Math.ceil(Math.ceil(inner / each) / 2));
      return count;
    });
  });

  it.each([0, 1])("read every device, at any number of rows (clip %i)", (clip) => {
    for (const rows of [1, 3, 128, 131, 300])
      same({ [k]: key, [a]: normal(4 * rows), [b]: normal(rows * 48) }, (by) =>
        by.deviceReads(a, 4 * rows, b, d, rows, 24, k, 4_294_967_290, 3, clip),
      );
    for (const rows of [1, 131])
      same({ [k]: key, [a]: normal(4 * rows), [b]: normal(rows * 48) }, (by) =>
        by.laplaceReads(a, 4 * rows, b, d, rows, 24, k, 4_294_967_290, 3, clip),
      );
  });

  it.each([8, 10, 256, 1000, 1030])("draw codes of %i columns from their moments", (columns) => {
    const n8 = (columns + 7) & ~7;
    const [mean, sigma] = [normal(9 * n8).map((x) => 90 * x), positive(9 * n8).map((x) => 10 * x)];
    for (const step of [0, 4 * n8])
      same(
        { [k]: key, [b]: mean, [c]: sigma },
        (by) => by.codes(b, c, step, d, columns, -128, 127, k, 3, 9),
        d + 18 * columns,
      );
  });

  it("take moments, activations and outputs from codes", () => {
    const [rows, n8] = [11, 24];
    const sums = Int32Array.from(normal(rows * n8), (x) => 3e8 * x);
    same({ [a]: sums, [b]: sums.map(Math.abs) }, (by) => by.moments16(a, b, rows * n8, 3.7e-8, 1e-9));
    same({ [a]: normal(61) }, (by) => {
      by.squares(a, b, 61);
      by.roots(b, 64);
    });
    same({ [a]: whole(rows * n8, 256).map((x) => x - 128), [b]: normal(n8) }, (by) => {
      by.activations(a, b, 1.37, 127, c, d, rows, n8);
      by.outputs(a, b, 0.083, e, rows, n8);
    });
  });

  it.each([1, 4, 5, 99])("average the softmax of %i samples", (samples) => {
    same(
      { [a]: normal(16 * 100).map((x) => 12 * x) },
      (by) => by.posterior(a, 16, 10, samples, b, c),
      b + 44,
    );
  });

  it("let conductances drift", () => {
    same({ [a]: positive(640), [b]: positive(640) }, (by) => by.drift(c, a, b, 640, 17.3));
  });

  it("step telegraph noise, all devices or those that may flip", () => {
    const [rows, n8] = [31, 24];
    const devices = rows * n8;
    const odds = Uint32Array.from({ length: 2 * devices }, () => chance.uniform() * 0.05 * 2 ** 32);
    const records = Uint32Array.from({ length: 4 * devices }, (_, i) => {
      const device = devices - 1 - (i >> 2);
      if (i % 4 === 0) return (Math.floor(device / n8) << 16) | (device % n8);
      return i % 4 === 3 ? 0x3f800000 + (device << 12) : chance.uniform() * 0.05 * 2 ** 32;
    });
    const given = { [k]: key, [a]: normal(rows), [b]: odds, [c]: normal(devices), [e]: records };
    const [sums, most] = [d + 65536, 0.05];
    same(given, (by) => {
      let flips = 0;
      for (let step = 0; step < 20; step++) {
        by.telegraphDense(a, d, b, c, d + 32768, rows, n8, k, step);
        flips += by.telegraphSkip(a, d, e, sums, rows, devices, most, k, step, 9, -1 / Math.log1p(-most));
      }
      expect(flips).toBeGreaterThan(200);
      return flips;
    });
  });
});
