// What one core can do 128 bits at a time, for `npm run bench`: chains enough that no latency shows.

/** 12 · count f32x4 operations, half of them products and half sums. */
export function peakMultiplyAdd(at: usize, count: i32): void {
  const m = v128.load(at), s = v128.load(at, 16);
  let a = v128.load(at, 32), b = v128.load(at, 48), c = v128.load(at, 64), d = v128.load(at, 80), e = v128.load(at, 96), f = v128.load(at, 112);
  let g = v128.load(at, 128), h = v128.load(at, 144), i = v128.load(at, 160), j = v128.load(at, 176), l = v128.load(at, 192), o = v128.load(at, 208);
  for (let n: i32 = 0; n < count; n++) {
    a = f32x4.mul(a, m);
    g = f32x4.add(g, s);
    b = f32x4.mul(b, m);
    h = f32x4.add(h, s);
    c = f32x4.mul(c, m);
    i = f32x4.add(i, s);
    d = f32x4.mul(d, m);
    j = f32x4.add(j, s);
    e = f32x4.mul(e, m);
    l = f32x4.add(l, s);
    f = f32x4.mul(f, m);
    o = f32x4.add(o, s);
  }
  a = v128.xor(v128.xor(v128.xor(a, b), v128.xor(c, d)), v128.xor(e, f));
  g = v128.xor(v128.xor(v128.xor(g, h), v128.xor(i, j)), v128.xor(l, o));
  v128.store(at, v128.xor(a, g), 32);
}

/** 8 · count dot products of 8 codes each. */
export function peakDot(at: usize, count: i32): void {
  const m = v128.load(at);
  let a = v128.load(at, 16), b = v128.load(at, 32), c = v128.load(at, 48), d = v128.load(at, 64);
  let e = v128.load(at, 80), f = v128.load(at, 96), g = v128.load(at, 112), h = v128.load(at, 128);
  for (let n: i32 = 0; n < count; n++) {
    a = i32x4.dot_i16x8_s(a, m);
    b = i32x4.dot_i16x8_s(b, m);
    c = i32x4.dot_i16x8_s(c, m);
    d = i32x4.dot_i16x8_s(d, m);
    e = i32x4.dot_i16x8_s(e, m);
    f = i32x4.dot_i16x8_s(f, m);
    g = i32x4.dot_i16x8_s(g, m);
    h = i32x4.dot_i16x8_s(h, m);
  }
  a = v128.xor(v128.xor(v128.xor(a, b), v128.xor(c, d)), v128.xor(v128.xor(e, f), v128.xor(g, h)));
  v128.store(at, a, 16);
}
