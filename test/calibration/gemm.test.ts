import { expect, it } from "vitest";
import { gemm, randomStream, transposed } from "#calibration";

const random = (length: number, stream: number): Float32Array => {
  const chance = randomStream(1, stream);
  return Float32Array.from({ length }, () => chance.normal());
};

const shapes = [
  [1, 1, 1],
  [4, 7, 2],
  [5, 3, 3],
  [9, 64, 17],
  [2, 0, 3],
  [12, 25, 12],
  [3, 400, 24],
] as const;

it.each(shapes)("multiplies %i×%i by its n = %i to the bound of a single-precision sum", (m, k, n) => {
  const [a, b] = [random(m * k, 1), random(k * n, 2)];
  const out = new Float32Array(m * n).fill(Number.NaN);
  gemm(a, b, out, m, k, n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const terms = Array.from({ length: k }, (_, p) => a[i * k + p]! * b[p * n + j]!);
      const exact = terms.reduce((sum, term) => sum + term, 0);
      const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
      expect(Math.abs(out[i * n + j]! - exact)).toBeLessThanOrEqual((k + 1) * 2 ** -24 * size);
    }
});

it("gives each row the same bits however the batch is cut", () => {
  const [a, b] = [random(7 * 33, 3), random(33 * 5, 4)];
  const whole = new Float32Array(35);
  gemm(a, b, whole, 7, 33, 5);
  for (let i = 0; i < 7; i++) {
    const row = new Float32Array(5);
    gemm(a.subarray(i * 33, (i + 1) * 33), b, row, 1, 33, 5);
    expect(row).toEqual(whole.subarray(i * 5, (i + 1) * 5));
  }
});

it("turns a matrix over, and back", () => {
  expect([...transposed(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  const a = random(12, 5);
  expect(transposed(transposed(a, 3, 4), 4, 3)).toEqual(a);
});
