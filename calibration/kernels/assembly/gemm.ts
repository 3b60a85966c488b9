// Matrix product in f32, summed in the order of k without fused steps; calibration/kernels/gemm.ts is the mirror.

/** b (k × n, row-major) → panels of 8 columns: panel p holds k rows of 8, zeros beyond column n. */
export function pack(b: usize, panels: usize, k: i32, n: i32): void {
  const row = (<usize>n) << 2;
  for (let j: i32 = 0; j < n; j += 8) {
    let from = b + ((<usize>j) << 2);
    if (j + 8 <= n) {
      for (let p: i32 = 0; p < k; p++, from += row, panels += 32) {
        v128.store(panels, v128.load(from));
        v128.store(panels, v128.load(from, 16), 16);
      }
    } else {
      const columns = n - j;
      for (let p: i32 = 0; p < k; p++, from += row, panels += 32)
        for (let c: i32 = 0; c < 8; c++)
          store<f32>(panels + ((<usize>c) << 2), c < columns ? load<f32>(from + ((<usize>c) << 2)) : 0);
    }
  }
}

// @ts-expect-error: decorator
@inline
function rows4(a: usize, panel: usize, out: usize, lda: usize, ldo: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const end = a + lda;
  for (; a < end; a += 4, panel += 32) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(a + lda);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(a + lda + lda);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(a + lda + lda + lda);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  v128.store(out + ldo, c10);
  v128.store(out + ldo, c11, 16);
  v128.store(out + ldo + ldo, c20);
  v128.store(out + ldo + ldo, c21, 16);
  v128.store(out + ldo + ldo + ldo, c30);
  v128.store(out + ldo + ldo + ldo, c31, 16);
}

// @ts-expect-error: decorator
@inline
function row1(a: usize, panel: usize, out: usize, lda: usize): void {
  let c0 = f32x4.splat(0), c1 = c0;
  const end = a + lda;
  for (; a < end; a += 4, panel += 32) {
    const x = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(panel)));
    c1 = f32x4.add(c1, f32x4.mul(x, v128.load(panel, 16)));
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
}

/** out (m × n8, n8 = n rounded up to 8) = a (m × k, row-major) · panels. Panel by panel, so that one stays in the L1 cache. */
export function gemm(a: usize, panels: usize, out: usize, m: i32, k: i32, n8: i32): void {
  const lda = (<usize>k) << 2, ldo = (<usize>n8) << 2;
  const whole = m & ~3;
  for (let j: i32 = 0; j < n8; j += 8, panels += (<usize>k) << 5) {
    const to = out + ((<usize>j) << 2);
    let i: i32 = 0;
    for (; i < whole; i += 4) rows4(a + (<usize>i) * lda, panels, to + (<usize>i) * ldo, lda, ldo);
    for (; i < m; i++) row1(a + (<usize>i) * lda, panels, to + (<usize>i) * ldo, lda);
  }
}

/** Takes the padding out: m rows of n8 → m rows of n, within the same place or downwards. */
export function unpad(from: usize, to: usize, m: i32, n: i32, n8: i32): void {
  for (let i: i32 = 0; i < m; i++) memory.copy(to + ((<usize>i * n) << 2), from + ((<usize>i * n8) << 2), (<usize>n) << 2);
}
