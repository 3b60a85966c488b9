import { L0, LN2, HALF, MANTISSA, OFFSET, ONE, TO_UNIT, k } from "./constants";

/**
 * State of four sfc32 lanes at `state`: words a, b, c, counter, lane fastest; lane l is
 * Philox4x32-10(counter = (l, b, a, stream), key = seed). `key` holds the seed's lower and upper word, then the stream.
 */
export function keyed(state: usize, key: usize, a: u32, b: u32): void {
  for (let lane: u32 = 0; lane < 4; lane++, state += 4) {
    let c0 = lane, c1 = b, c2 = a, c3 = load<u32>(key, 8), k0 = load<u32>(key), k1 = load<u32>(key, 4);
    for (let round = 0; round < 10; round++) {
      const p0 = <u64>0xd2511f53 * <u64>c0, p1 = <u64>0xcd9e8d57 * <u64>c2;
      c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
      c1 = <u32>p1;
      c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
      c3 = <u32>p0;
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    store<u32>(state, c0);
    store<u32>(state, c1, 16);
    store<u32>(state, c2, 32);
    store<u32>(state, c3, 48);
  }
}

// @ts-expect-error: decorator
@inline
export function rotated21(x: v128): v128 {
  return v128.or(i32x4.shl(x, 21), i32x4.shr_u(x, 11));
}

/** u = (⌊word / 2⌋ + ½) · 2⁻³¹. */
// @ts-expect-error: decorator
@inline
export function unit(word: v128): v128 {
  return f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(word, 1)), k(HALF)), k(TO_UNIT));
}

/** ln of normal positive numbers: exponent, and a polynomial over a mantissa in [2/3, 4/3). */
// @ts-expect-error: decorator
@inline
export function ln(u: v128): v128 {
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
