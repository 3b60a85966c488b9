// Gaussian and Laplace numbers, four sfc32 lanes at a time; calibration/normals.ts is the mirror, bit for bit.
// Every constant stands in memory: V8 builds a v128.const anew at each use inside a loop (1.32 against 1.06 ns a normal).
const table: usize = memory.data(26 * 16, 16);

// @ts-expect-error: decorator
@inline
function put(i: i32, x: f64): void {
  v128.store(table + ((<usize>i) << 4), f32x4.splat(<f32>x));
}
// @ts-expect-error: decorator
@inline
function putBits(i: i32, x: i32): void {
  v128.store(table + ((<usize>i) << 4), i32x4.splat(x));
}
// @ts-expect-error: decorator
@inline
function k(i: i32): v128 {
  return v128.load(table + ((<usize>i) << 4));
}

const HALF = 0, TO_UNIT = 1, LN2 = 2, L0 = 3, S1 = 11, S2 = 12, S3 = 13, C1 = 14, C2 = 15, C3 = 16, TO_ANGLE = 17, ONE = 18,
  MINUS_TWO = 19, OFFSET = 20, MANTISSA = 21, ANGLE_BITS = 22, ANGLE_MIDDLE = 23, UNIT = 24, SIGN = 25;

/** Fills the table of constants; once, before anything else. */
export function prepare(): void {
  put(HALF, 0.5);
  put(TO_UNIT, 4.656612873077393e-10);
  put(LN2, 0.6931471805599453);
  put(L0, 0.9999998211860657);
  put(L0 + 1, -0.4999987781047821);
  put(L0 + 2, 0.3333798944950104);
  put(L0 + 3, -0.2501204013824463);
  put(L0 + 4, 0.19795012474060059);
  put(L0 + 5, -0.16340580582618713);
  put(L0 + 6, 0.17111332714557648);
  put(L0 + 7, -0.15774579346179962);
  put(S1, -0.16666650772094727);
  put(S2, 0.008332036435604095);
  put(S3, -0.00019504022202454507);
  put(C1, -0.4999985694885254);
  put(C2, 0.041655026376247406);
  put(C3, -0.0013585909036919475);
  put(TO_ANGLE, 3.141592653589793 / 2147483648.0);
  put(ONE, 1);
  put(MINUS_TWO, -2);
  putBits(OFFSET, 0x3f2aaaab);
  putBits(MANTISSA, 0x7fffff);
  putBits(ANGLE_BITS, 0x3fffffff);
  putBits(ANGLE_MIDDLE, 0x20000000);
  putBits(UNIT, 1);
  putBits(SIGN, 0x80000000);
}

// @ts-expect-error: decorator
@inline
function rotated21(x: v128): v128 {
  return v128.or(i32x4.shl(x, 21), i32x4.shr_u(x, 11));
}

// @ts-expect-error: decorator
@inline
function lnUniform(word: v128): v128 {
  const u = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(word, 1)), k(HALF)), k(TO_UNIT));
  const shifted = i32x4.sub(u, k(OFFSET));
  const f = f32x4.sub(i32x4.add(v128.and(shifted, k(MANTISSA)), k(OFFSET)), k(ONE));
  let q = f32x4.add(f32x4.mul(k(L0 + 7), f), k(L0 + 6));
  q = f32x4.add(f32x4.mul(q, f), k(L0 + 5));
  q = f32x4.add(f32x4.mul(q, f), k(L0 + 4));
  q = f32x4.add(f32x4.mul(q, f), k(L0 + 3));
  q = f32x4.add(f32x4.mul(q, f), k(L0 + 2));
  q = f32x4.add(f32x4.mul(q, f), k(L0 + 1));
  q = f32x4.add(f32x4.mul(q, f), k(L0));
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)), k(LN2)), f32x4.mul(q, f));
}

/**
 * First half of Box–Muller: of each eight words four make radii, and four stand beside them for `turned`. Two evaluations
 * go step by step beside one another: alone, each is one long chain that leaves half of the pipes idle. Two halves, since
 * one loop over both would need more than the sixteen registers.
 */
function radii(out: usize, end: usize, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), n = v128.load(state, 48);
  for (; out < end; out += 64) {
    const w0 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w0);
    n = i32x4.add(n, k(UNIT));
    const w1 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w1);
    n = i32x4.add(n, k(UNIT));
    const w2 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w2);
    n = i32x4.add(n, k(UNIT));
    const w3 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w3);
    n = i32x4.add(n, k(UNIT));

    let f0 = f32x4.convert_i32x4_s(i32x4.shr_u(w0, 1));
    let f1 = f32x4.convert_i32x4_s(i32x4.shr_u(w2, 1));
    f0 = f32x4.add(f0, k(HALF));
    f1 = f32x4.add(f1, k(HALF));
    f0 = f32x4.mul(f0, k(TO_UNIT));
    f1 = f32x4.mul(f1, k(TO_UNIT));
    const e0 = i32x4.sub(f0, k(OFFSET));
    const e1 = i32x4.sub(f1, k(OFFSET));
    f0 = v128.and(e0, k(MANTISSA));
    f1 = v128.and(e1, k(MANTISSA));
    f0 = i32x4.add(f0, k(OFFSET));
    f1 = i32x4.add(f1, k(OFFSET));
    f0 = f32x4.sub(f0, k(ONE));
    f1 = f32x4.sub(f1, k(ONE));
    let q0 = f32x4.mul(k(L0 + 7), f0);
    let q1 = f32x4.mul(k(L0 + 7), f1);
    q0 = f32x4.add(q0, k(L0 + 6));
    q1 = f32x4.add(q1, k(L0 + 6));
    q0 = f32x4.mul(q0, f0);
    q1 = f32x4.mul(q1, f1);
    q0 = f32x4.add(q0, k(L0 + 5));
    q1 = f32x4.add(q1, k(L0 + 5));
    q0 = f32x4.mul(q0, f0);
    q1 = f32x4.mul(q1, f1);
    q0 = f32x4.add(q0, k(L0 + 4));
    q1 = f32x4.add(q1, k(L0 + 4));
    q0 = f32x4.mul(q0, f0);
    q1 = f32x4.mul(q1, f1);
    q0 = f32x4.add(q0, k(L0 + 3));
    q1 = f32x4.add(q1, k(L0 + 3));
    q0 = f32x4.mul(q0, f0);
    q1 = f32x4.mul(q1, f1);
    q0 = f32x4.add(q0, k(L0 + 2));
    q1 = f32x4.add(q1, k(L0 + 2));
    q0 = f32x4.mul(q0, f0);
    q1 = f32x4.mul(q1, f1);
    q0 = f32x4.add(q0, k(L0 + 1));
    q1 = f32x4.add(q1, k(L0 + 1));
    q0 = f32x4.mul(q0, f0);
    q1 = f32x4.mul(q1, f1);
    q0 = f32x4.add(q0, k(L0));
    q1 = f32x4.add(q1, k(L0));
    q0 = f32x4.mul(q0, f0);
    q1 = f32x4.mul(q1, f1);
    f0 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(e0, 23)), k(LN2));
    f1 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(e1, 23)), k(LN2));
    q0 = f32x4.add(f0, q0);
    q1 = f32x4.add(f1, q1);
    q0 = f32x4.mul(q0, k(MINUS_TWO));
    q1 = f32x4.mul(q1, k(MINUS_TWO));
    const r0 = f32x4.sqrt(q0);
    const r1 = f32x4.sqrt(q1);
    v128.store(out, r0);
    v128.store(out, w1, 16);
    v128.store(out, r1, 32);
    v128.store(out, w3, 48);
  }
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, n, 48);
}

/** Second half: eight places of radii and words become eight normals. Two bits of a word choose the quadrant. */
function turned(out: usize, end: usize): void {
  for (; out < end; out += 64) {
    const r0 = v128.load(out), r1 = v128.load(out, 32), w1 = v128.load(out, 16), w3 = v128.load(out, 48);
    let x0 = v128.and(w1, k(ANGLE_BITS));
    let x1 = v128.and(w3, k(ANGLE_BITS));
    x0 = i32x4.sub(x0, k(ANGLE_MIDDLE));
    x1 = i32x4.sub(x1, k(ANGLE_MIDDLE));
    x0 = f32x4.convert_i32x4_s(x0);
    x1 = f32x4.convert_i32x4_s(x1);
    x0 = f32x4.mul(x0, k(TO_ANGLE));
    x1 = f32x4.mul(x1, k(TO_ANGLE));
    const y0 = f32x4.mul(x0, x0);
    const y1 = f32x4.mul(x1, x1);
    let s0 = f32x4.mul(k(S3), y0);
    let s1 = f32x4.mul(k(S3), y1);
    let c0 = f32x4.mul(k(C3), y0);
    let c1 = f32x4.mul(k(C3), y1);
    s0 = f32x4.add(s0, k(S2));
    s1 = f32x4.add(s1, k(S2));
    c0 = f32x4.add(c0, k(C2));
    c1 = f32x4.add(c1, k(C2));
    s0 = f32x4.mul(s0, y0);
    s1 = f32x4.mul(s1, y1);
    c0 = f32x4.mul(c0, y0);
    c1 = f32x4.mul(c1, y1);
    s0 = f32x4.add(s0, k(S1));
    s1 = f32x4.add(s1, k(S1));
    c0 = f32x4.add(c0, k(C1));
    c1 = f32x4.add(c1, k(C1));
    s0 = f32x4.mul(s0, y0);
    s1 = f32x4.mul(s1, y1);
    c0 = f32x4.mul(c0, y0);
    c1 = f32x4.mul(c1, y1);
    s0 = f32x4.mul(s0, x0);
    s1 = f32x4.mul(s1, x1);
    c0 = f32x4.add(c0, k(ONE));
    c1 = f32x4.add(c1, k(ONE));
    s0 = f32x4.add(s0, x0);
    s1 = f32x4.add(s1, x1);
    c0 = f32x4.mul(r0, c0);
    c1 = f32x4.mul(r1, c1);
    s0 = f32x4.mul(r0, s0);
    s1 = f32x4.mul(r1, s1);
    c0 = v128.xor(c0, v128.and(w1, k(SIGN)));
    c1 = v128.xor(c1, v128.and(w3, k(SIGN)));
    const m0 = i32x4.shr_s(i32x4.shl(w1, 1), 31);
    const m1 = i32x4.shr_s(i32x4.shl(w3, 1), 31);
    const t0 = v128.and(v128.xor(s0, c0), m0);
    const t1 = v128.and(v128.xor(s1, c1), m1);
    v128.store(out, v128.xor(c0, t0));
    v128.store(out, v128.xor(s0, t0), 16);
    v128.store(out, v128.xor(c1, t1), 32);
    v128.store(out, v128.xor(s1, t1), 48);
  }
}

/** `count` normals (rounded up to 16) to `out`; `state` holds words a, b, c, counter of the four lanes and moves on. */
export function normals(out: usize, count: i32, state: usize): void {
  const end = out + (<usize>count << 2);
  radii(out, end, state);
  turned(out, end);
}

/** As `normals`, with the density exp(−|x|)/2; `count` is rounded up to 4. */
export function laplaces(out: usize, count: i32, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), n = v128.load(state, 48);
  const one = i32x4.splat(1);
  for (let i: i32 = 0; i < count; i += 4) {
    const w = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w);
    n = i32x4.add(n, one);
    v128.store(out, v128.xor(lnUniform(w), i32x4.shl(v128.not(w), 31)));
    out += 16;
  }
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, n, 48);
}
