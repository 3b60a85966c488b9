// Gaussian and Laplace numbers, four sfc32 lanes at a time; ../mirror/normals.ts gives the same bits.
import {
  ANGLE_BITS, ANGLE_MIDDLE, C1, C2, C3, HALF, MANTISSA, NINE, OFFSET, ONE, R0, R_LN2, S1, S2, S3, SIGN, TO_ANGLE, UNIT, WORD_OFFSET, k,
} from "./constants";
import { ln, rotated21, unit } from "./random";

/** The place before the first. */
const dummy: usize = memory.data(64, 16);

/** At a place, the bits of u less OFFSET become −2 ln u: first and third of its four, step by step beside one another. */
// @ts-expect-error: decorator
@inline
function logs(at: usize): void {
  const e0 = v128.load(at), e1 = v128.load(at, 32);
  let f0 = v128.and(e0, k(MANTISSA));
  let f1 = v128.and(e1, k(MANTISSA));
  f0 = i32x4.add(f0, k(OFFSET));
  f1 = i32x4.add(f1, k(OFFSET));
  f0 = f32x4.sub(f0, k(ONE));
  f1 = f32x4.sub(f1, k(ONE));
  let q0 = f32x4.mul(k(R0 + 7), f0);
  let q1 = f32x4.mul(k(R0 + 7), f1);
  q0 = f32x4.add(q0, k(R0 + 6));
  q1 = f32x4.add(q1, k(R0 + 6));
  q0 = f32x4.mul(q0, f0);
  q1 = f32x4.mul(q1, f1);
  q0 = f32x4.add(q0, k(R0 + 5));
  q1 = f32x4.add(q1, k(R0 + 5));
  q0 = f32x4.mul(q0, f0);
  q1 = f32x4.mul(q1, f1);
  q0 = f32x4.add(q0, k(R0 + 4));
  q1 = f32x4.add(q1, k(R0 + 4));
  q0 = f32x4.mul(q0, f0);
  q1 = f32x4.mul(q1, f1);
  q0 = f32x4.add(q0, k(R0 + 3));
  q1 = f32x4.add(q1, k(R0 + 3));
  q0 = f32x4.mul(q0, f0);
  q1 = f32x4.mul(q1, f1);
  q0 = f32x4.add(q0, k(R0 + 2));
  q1 = f32x4.add(q1, k(R0 + 2));
  q0 = f32x4.mul(q0, f0);
  q1 = f32x4.mul(q1, f1);
  q0 = f32x4.add(q0, k(R0 + 1));
  q1 = f32x4.add(q1, k(R0 + 1));
  q0 = f32x4.mul(q0, f0);
  q1 = f32x4.mul(q1, f1);
  q0 = f32x4.add(q0, k(R0));
  q1 = f32x4.add(q1, k(R0));
  q0 = f32x4.mul(q0, f0);
  q1 = f32x4.mul(q1, f1);
  f0 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(e0, 23)), k(R_LN2));
  f1 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(e1, 23)), k(R_LN2));
  q0 = f32x4.add(f0, q0);
  q1 = f32x4.add(f1, q1);
  v128.store(at, q0);
  v128.store(at, q1, 32);
}

/**
 * First half of Box–Muller: of each eight words four make −2 ln u, and four stand beside them for `turned`. The logarithms
 * go one place behind the words: a core holds some two hundred of these instructions in flight, and in one chain, words to
 * root, too few of them could run. Factors that are powers of two go into exponents and constants. Two halves, since one loop
 * over both would need more than the sixteen registers. 9 c = c + (c << 3); the turn of c is a sum, as its parts share no bit.
 */
function radii(out: usize, end: usize, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), n = v128.load(state, 48), last = dummy;
  for (; out < end; out += 64) {
    const w0 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.mul(c, k(NINE));
    c = i32x4.add(i32x4.add(i32x4.shl(c, 21), w0), i32x4.shr_u(c, 11));
    n = i32x4.add(n, k(UNIT));
    const w1 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.mul(c, k(NINE));
    c = i32x4.add(i32x4.add(i32x4.shl(c, 21), w1), i32x4.shr_u(c, 11));
    n = i32x4.add(n, k(UNIT));
    const w2 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.mul(c, k(NINE));
    c = i32x4.add(i32x4.add(i32x4.shl(c, 21), w2), i32x4.shr_u(c, 11));
    n = i32x4.add(n, k(UNIT));
    const w3 = i32x4.add(i32x4.add(a, b), n);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.mul(c, k(NINE));
    c = i32x4.add(i32x4.add(i32x4.shl(c, 21), w3), i32x4.shr_u(c, 11));
    n = i32x4.add(n, k(UNIT));

    let f0 = f32x4.convert_i32x4_s(i32x4.shr_u(w0, 1));
    let f1 = f32x4.convert_i32x4_s(i32x4.shr_u(w2, 1));
    f0 = f32x4.add(f0, k(HALF));
    f1 = f32x4.add(f1, k(HALF));
    const e0 = i32x4.sub(f0, k(WORD_OFFSET));
    const e1 = i32x4.sub(f1, k(WORD_OFFSET));
    v128.store(out, e0);
    v128.store(out, w1, 16);
    v128.store(out, e1, 32);
    v128.store(out, w3, 48);
    logs(last);
    last = out;
  }
  logs(last);
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, n, 48);
}

/** Second half: squares of radii, and words, become normals. Two bits of a word choose the quadrant. */
function turned(out: usize, end: usize): void {
  for (; out < end; out += 64) {
    const r0 = f32x4.sqrt(v128.load(out)), r1 = f32x4.sqrt(v128.load(out, 32)), w1 = v128.load(out, 16), w3 = v128.load(out, 48);
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

/** Bytes that go through both halves at a time: they stay in the L1 cache. */
const block: usize = 16384;

/** `count` normals (rounded up to 16) to `out`; `state` holds words a, b, c, counter of the four lanes and moves on. */
export function normals(out: usize, count: i32, state: usize): void {
  const end = out + (<usize>count << 2);
  for (; out < end; out += block) {
    const to = min(out + block, end);
    radii(out, to, state);
    turned(out, to);
  }
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
    v128.store(out, v128.xor(ln(unit(w)), i32x4.shl(v128.not(w), 31)));
    out += 16;
  }
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, n, 48);
}
