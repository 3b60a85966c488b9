// Gaussian and Laplace numbers, four sfc32 lanes at a time; calibration/normals.ts is the mirror, bit for bit.
// Every constant stands in memory: V8 builds a v128.const anew at each use inside a loop (1.32 against 1.06 ns a normal).
const table: usize = memory.data(24 * 16, 16);

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
  MINUS_TWO = 19, OFFSET = 20, MANTISSA = 21, ANGLE_BITS = 22, ANGLE_MIDDLE = 23;

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

// @ts-expect-error: decorator
@inline
function sineOf(x: v128, square: v128): v128 {
  const s = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(k(S3), square), k(S2)), square), k(S1));
  return f32x4.add(f32x4.mul(f32x4.mul(s, square), x), x);
}

// @ts-expect-error: decorator
@inline
function cosineOf(square: v128): v128 {
  const c = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(k(C3), square), k(C2)), square), k(C1));
  return f32x4.add(f32x4.mul(c, square), k(ONE));
}

// @ts-expect-error: decorator
@inline
function storePair(out: usize, radius: v128, word: v128): void {
  const x = f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(v128.and(word, k(ANGLE_BITS)), k(ANGLE_MIDDLE))), k(TO_ANGLE));
  const square = f32x4.mul(x, x);
  const sine = f32x4.mul(radius, sineOf(x, square));
  const cosine = v128.xor(f32x4.mul(radius, cosineOf(square)), i32x4.shl(i32x4.shr_u(word, 31), 31));
  const swap = i32x4.shr_s(i32x4.shl(word, 1), 31);
  v128.store(out, v128.bitselect(sine, cosine, swap));
  v128.store(out, v128.bitselect(cosine, sine, swap), 16);
}

/** `count` normals (rounded up to 16) to `out`; `state` holds words a, b, c, counter of the four lanes and moves on. */
export function normals(out: usize, count: i32, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), n = v128.load(state, 48);
  const one = i32x4.splat(1);
  for (let i: i32 = 0; i < count; i += 16) {
    const w0 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w0);
    n = i32x4.add(n, one);
    const w1 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w1);
    n = i32x4.add(n, one);
    const w2 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w2);
    n = i32x4.add(n, one);
    const w3 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(rotated21(c), w3);
    n = i32x4.add(n, one);
    const r0 = f32x4.sqrt(f32x4.mul(lnUniform(w0), k(MINUS_TWO)));
    const r1 = f32x4.sqrt(f32x4.mul(lnUniform(w2), k(MINUS_TWO)));
    storePair(out, r0, w1);
    storePair(out + 32, r1, w3);
    out += 64;
  }
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, n, 48);
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
