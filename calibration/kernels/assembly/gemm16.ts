// Matrix product of 16-bit codes, exact in 32 bits.

// @ts-expect-error: decorator
@inline
function rows4(a: usize, panel: usize, out: usize, lda: usize, ldo: usize): void {
  let c00 = i32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const end = a + lda;
  for (; a < end; a += 4, panel += 32) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a);
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(x, b0));
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(x, b1));
    x = v128.load32_splat(a + lda);
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(x, b0));
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(x, b1));
    x = v128.load32_splat(a + lda + lda);
    c20 = i32x4.add(c20, i32x4.dot_i16x8_s(x, b0));
    c21 = i32x4.add(c21, i32x4.dot_i16x8_s(x, b1));
    x = v128.load32_splat(a + lda + lda + lda);
    c30 = i32x4.add(c30, i32x4.dot_i16x8_s(x, b0));
    c31 = i32x4.add(c31, i32x4.dot_i16x8_s(x, b1));
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
  let c0 = i32x4.splat(0), c1 = c0;
  const end = a + lda;
  for (; a < end; a += 4, panel += 32) {
    const x = v128.load32_splat(a);
    c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x, v128.load(panel)));
    c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x, v128.load(panel, 16)));
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
}

/**
 * out (m × n8, int32) = a (m × k, int16, k even) · panels. A panel is 8 columns; of each it holds two successive rows side
 * by side, so that one instruction takes both: panel[k / 2][8][2].
 */
export function gemm16(a: usize, panels: usize, out: usize, m: i32, k: i32, n8: i32): void {
  const lda = (<usize>k) << 1, ldo = (<usize>n8) << 2;
  const whole = m & ~3;
  for (let j: i32 = 0; j < n8; j += 8, panels += (<usize>k) << 4) {
    const to = out + ((<usize>j) << 2);
    let i: i32 = 0;
    for (; i < whole; i += 4) rows4(a + (<usize>i) * lda, panels, to + (<usize>i) * ldo, lda, ldo);
    for (; i < m; i++) row1(a + (<usize>i) * lda, panels, to + (<usize>i) * ldo, lda);
  }
}
