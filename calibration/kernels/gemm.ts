import { kernels, scratch } from "./wasm.ts";

const floatSize = 4;

/**
 * out = a · b for row-major Float32Arrays: a is m × k, b is k × n, out is m × n and is overwritten.
 * Each element is a single-precision sum in the order of k, so it does not depend on m, n or on how a product is cut into
 * batches: relative error ≤ k · 6·10⁻⁸ of Σ|aᵢbᵢ|. By a WASM SIMD kernel, or its mirror with the same bits.
 */
export function gemm(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  m: number,
  k: number,
  n: number,
): void {
  if (m === 0 || n === 0) return;
  const n8 = (n + 7) & ~7;
  const panels = scratch;
  // b is needed only until it is packed, so the result may lie over it.
  const product = panels + floatSize * n8 * k;
  const left = product + floatSize * Math.max(m * n8, k * n);
  const { f32 } = kernels.reserve(left + floatSize * m * k);
  f32.set(k * n === b.length ? b : b.subarray(0, k * n), product / floatSize);
  kernels.pack(product, panels, k, n);
  f32.set(m * k === a.length ? a : a.subarray(0, m * k), left / floatSize);
  kernels.gemm(left, panels, product, m, k, n8);
  if (n8 !== n) kernels.unpad(product, product, m, n, n8);
  out.set(f32.subarray(product / floatSize, product / floatSize + m * n));
}

/** `matrix` (rows × cols, row-major) turned over: cols × rows. */
export function transposed(matrix: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = matrix[i * cols + j]!;
  return out;
}

/** The square of each value. A loop, as `map` with a closure takes longer than the kernels that it feeds. */
export function squared(values: Float32Array): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = values[i]! * values[i]!;
  return out;
}
