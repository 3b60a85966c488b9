// What one core can do 128 bits at a time, for `npm run bench`: chains enough that no latency shows. Each works on itself alone
// (1 · 1, 0 + 0), so that all registers but V8's own are chains.

/** 14 · count f32x4 operations, half of them products and half sums. */
export function peakMultiplyAdd(at: usize, count: i32): void {
  let a = v128.load(at, 0), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48), e = v128.load(at, 64), f = v128.load(at, 80), g = v128.load(at, 96);
  let h = v128.load(at, 112), i = v128.load(at, 128), j = v128.load(at, 144), l = v128.load(at, 160), o = v128.load(at, 176), p = v128.load(at, 192), q = v128.load(at, 208);
  for (let n: i32 = 0; n < count; n++) {
    a = f32x4.mul(a, a);
    h = f32x4.add(h, h);
    b = f32x4.mul(b, b);
    i = f32x4.add(i, i);
    c = f32x4.mul(c, c);
    j = f32x4.add(j, j);
    d = f32x4.mul(d, d);
    l = f32x4.add(l, l);
    e = f32x4.mul(e, e);
    o = f32x4.add(o, o);
    f = f32x4.mul(f, f);
    p = f32x4.add(p, p);
    g = f32x4.mul(g, g);
    q = f32x4.add(q, q);
  }
  const all = v128.xor(v128.xor(a, v128.xor(b, c)), v128.xor(v128.xor(d, e), v128.xor(f, g)));
  v128.store(at, v128.xor(all, v128.xor(v128.xor(h, v128.xor(i, j)), v128.xor(v128.xor(l, o), v128.xor(p, q)))), 224);
}

/** 14 · count dot products of 8 codes each. */
export function peakDot(at: usize, count: i32): void {
  let a = v128.load(at, 0), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48), e = v128.load(at, 64), f = v128.load(at, 80), g = v128.load(at, 96);
  let h = v128.load(at, 112), i = v128.load(at, 128), j = v128.load(at, 144), l = v128.load(at, 160), o = v128.load(at, 176), p = v128.load(at, 192), q = v128.load(at, 208);
  for (let n: i32 = 0; n < count; n++) {
    a = i32x4.dot_i16x8_s(a, a);
    b = i32x4.dot_i16x8_s(b, b);
    c = i32x4.dot_i16x8_s(c, c);
    d = i32x4.dot_i16x8_s(d, d);
    e = i32x4.dot_i16x8_s(e, e);
    f = i32x4.dot_i16x8_s(f, f);
    g = i32x4.dot_i16x8_s(g, g);
    h = i32x4.dot_i16x8_s(h, h);
    i = i32x4.dot_i16x8_s(i, i);
    j = i32x4.dot_i16x8_s(j, j);
    l = i32x4.dot_i16x8_s(l, l);
    o = i32x4.dot_i16x8_s(o, o);
    p = i32x4.dot_i16x8_s(p, p);
    q = i32x4.dot_i16x8_s(q, q);
  }
  const all = v128.xor(v128.xor(a, v128.xor(b, c)), v128.xor(v128.xor(d, e), v128.xor(f, g)));
  v128.store(at, v128.xor(all, v128.xor(v128.xor(h, v128.xor(i, j)), v128.xor(v128.xor(l, o), v128.xor(p, q)))), 224);
}
