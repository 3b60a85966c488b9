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

/**
 * Which of the k columns of `codes` (m × k, int16, k a multiple of 8) hold anything but 0: their numbers (int32) to `places`,
 * and one that holds none where there would be an odd number of them; gives how many.
 */
export function driven(codes: usize, m: i32, k: i32, places: usize): i32 {
  const line = (<usize>k) << 1, end = codes + (<usize>m) * line, start = places;
  let spare: i32 = 0;
  for (let j: i32 = 0; j < k; j += 8) {
    let any = i16x8.splat(0);
    for (let at = codes + ((<usize>j) << 1); at < end; at += line) any = v128.or(any, v128.load(at));
    const held = i16x8.bitmask(i16x8.ne(any, i16x8.splat(0)));
    if (held != 255) spare = j + ctz(~held);
    for (let rest = held; rest != 0; rest &= rest - 1, places += 4) store<i32>(places, j + ctz(rest));
  }
  const count = <i32>((places - start) >> 2);
  if (count & 1) store<i32>(places, spare);
  return (count + 1) & ~1;
}

/** The columns of `codes` (m × k) with these numbers: m × count. */
export function drivenCodes(codes: usize, m: i32, k: i32, places: usize, count: i32, out: usize): void {
  const end = places + ((<usize>count) << 2);
  for (let i: i32 = 0; i < m; i++, codes += (<usize>k) << 1)
    for (let at = places; at < end; at += 4, out += 2) store<i16>(out, load<i16>(codes + (load<u32>(at) << 1)));
}

/** The rows of panels (k × n8) with these numbers, an even count, as panels count × n8. */
export function drivenPanels(panels: usize, k: i32, n8: i32, places: usize, count: i32, out: usize): void {
  const end = places + ((<usize>count) << 2), low = i32x4.splat(0xffff);
  for (let j: i32 = 0; j < n8; j += 8, panels += (<usize>k) << 4)
    for (let at = places; at < end; at += 8, out += 32) {
      const p: usize = load<u32>(at), q: usize = load<u32>(at, 4);
      const first = panels + ((p >> 1) << 5), second = panels + ((q >> 1) << 5);
      const down = <i32>(p & 1) << 4, up = <i32>(q & 1) << 4;
      const a0 = v128.and(i32x4.shr_u(v128.load(first), down), low), a1 = v128.and(i32x4.shr_u(v128.load(first, 16), down), low);
      const b0 = i32x4.shl(i32x4.shr_u(v128.load(second), up), 16), b1 = i32x4.shl(i32x4.shr_u(v128.load(second, 16), up), 16);
      v128.store(out, v128.or(a0, b0));
      v128.store(out, v128.or(a1, b1), 16);
    }
}
