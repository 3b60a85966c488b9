import { type Kernels, kernels, scratch } from "./wasm.ts";

const { fround } = Math;
const floatSize = 4;

/**
 * out = a · b for row-major Float32Arrays: a is m × k, b is k × n, out is m × n and is overwritten.
 * Each element is a single-precision sum in the order of k, so it does not depend on m, n or on how a product is cut into
 * batches: relative error ≤ k · 6·10⁻⁸ of Σ|aᵢbᵢ|. WASM SIMD; `mirrorGemm` gives the same bits.
 */
export function gemm(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  if (kernels && m > 0 && n > 0) packedGemm(kernels, a, b, out, { m, k, n });
  else mirrorGemm(a, b, out, m, k, n);
}

interface Shape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

function packedGemm(
  wasm: Kernels,
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  { m, k, n }: Shape,
): void {
  const n8 = (n + 7) & ~7;
  const panels = scratch;
  // b is needed only until it is packed, so the result may lie over it.
  const product = panels + floatSize * n8 * k;
  const left = product + floatSize * Math.max(m * n8, k * n);
  const floats = wasm.floats(left + floatSize * m * k - scratch);
  floats.set(k * n === b.length ? b : b.subarray(0, k * n), product / floatSize);
  wasm.pack(product, panels, k, n);
  floats.set(m * k === a.length ? a : a.subarray(0, m * k), left / floatSize);
  wasm.gemm(left, panels, product, m, k, n8);
  if (n8 !== n) wasm.unpad(product, product, m, n, n8);
  out.set(floats.subarray(product / floatSize, product / floatSize + m * n));
}

/** `gemm` in plain TypeScript, bit for bit: the oracle of the kernel, and what runs where there is no SIMD. */
export function mirrorGemm(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0, q = j; p < k; p++, q += n) sum = fround(sum + fround(a[i * k + p]! * b[q]!));
      out[i * n + j] = sum;
    }
}

/** `matrix` (rows × cols, row-major) turned over: cols × rows. */
export function transposed(matrix: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = matrix[i * cols + j]!;
  return out;
}
