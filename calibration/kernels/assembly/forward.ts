// A network on a board between its read-outs: signed sums of codes, what they mean, what is left to add, the next codes.
import { k, HALF } from "./constants";

/**
 * Adds to `sums` (int32, a row of `line` bytes a sample) the codes of `count` read-outs, `columns` each: of output j the
 * codes of its `devices` columns, each ± 1 by `signs` (int16 a device, 8 beyond the last readable). The first is repeat
 * `repeat` of the first sample; after `repeats` comes the next sample.
 */
export function signedSums(
  codes: usize, repeat: i32, repeats: i32, columns: i32, devices: i32, signs: usize, sums: usize, line: usize, count: i32,
): void {
  const outputs = columns / devices;
  const whole = devices == 2 ? outputs & ~3 : 0;
  const pair = v128.load32_splat(signs);
  for (let r: i32 = 0; r < count; r++) {
    let at = sums, j: i32 = 0;
    for (; j < whole; j += 4, at += 16, codes += 16)
      v128.store(at, i32x4.add(v128.load(at), i32x4.dot_i16x8_s(v128.load(codes), pair)));
    for (; j < outputs; j++, at += 4) {
      let sum: i32 = load<i32>(at);
      for (let d: i32 = 0; d < devices; d++, codes += 2)
        sum += <i32>load<i16>(codes) * <i32>load<i16>(signs + ((<usize>d) << 1));
      store<i32>(at, sum);
    }
    if (++repeat == repeats) {
      repeat = 0;
      sums += line;
    }
  }
}

/** In place, rows of n8: sum → scale · sum + bias + offset · total, as a float; `totals` has one number a row. */
export function scaledSums(sums: usize, scale: usize, bias: usize, offset: usize, totals: usize, rows: i32, n8: i32): void {
  const line = (<usize>n8) << 2;
  for (let i: i32 = 0; i < rows; i++, totals += 4) {
    const total = v128.load32_splat(totals);
    for (let j: usize = 0; j < line; j += 16, sums += 16) {
      const z = f32x4.add(f32x4.mul(v128.load(scale + j), f32x4.convert_i32x4_s(v128.load(sums))), v128.load(bias + j));
      v128.store(sums, f32x4.add(z, f32x4.mul(v128.load(offset + j), total)));
    }
  }
}

/** In place, rows of n8: variance → √max(0, variance + floor); gives how many were below 0. */
export function deviations(variance: usize, floor: usize, rows: i32, n8: i32): i32 {
  const line = (<usize>n8) << 2, zero = f32x4.splat(0);
  let short: i32 = 0;
  for (let i: i32 = 0; i < rows; i++)
    for (let j: usize = 0; j < line; j += 16, variance += 16) {
      const v = f32x4.add(v128.load(variance), v128.load(floor + j));
      short += popcnt(i32x4.bitmask(f32x4.lt(v, zero)));
      v128.store(variance, f32x4.sqrt(f32x4.pmax(zero, v)));
    }
  return short;
}

/**
 * Rows of n8 values → rows of `columns` codes ⌊z + ½⌋ within low … high, after max(0, z) where `relu`; gives how many were
 * cut. Rows follow one another without gaps; the last writes up to 14 bytes beyond its end.
 */
export function requantised(values: usize, out: usize, rows: i32, columns: i32, relu: bool, low: f32, high: f32): i32 {
  const n8 = (columns + 7) & ~7;
  const lowest = f32x4.splat(low), highest = f32x4.splat(high), least = f32x4.splat(relu ? 0 : -Infinity);
  const rest: i32 = (1 << (columns - n8 + 8)) - 1;
  let cut: i32 = 0;
  for (let i: i32 = 0; i < rows; i++, out += (<usize>columns) << 1)
    for (let j: i32 = 0; j < n8; j += 8, values += 32) {
      const v0 = f32x4.floor(f32x4.add(f32x4.pmax(least, v128.load(values)), k(HALF)));
      const v1 = f32x4.floor(f32x4.add(f32x4.pmax(least, v128.load(values, 16)), k(HALF)));
      const k0 = f32x4.pmin(highest, f32x4.pmax(lowest, v0)), k1 = f32x4.pmin(highest, f32x4.pmax(lowest, v1));
      v128.store(out + ((<usize>j) << 1), i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(k0), i32x4.trunc_sat_f32x4_s(k1)));
      const moved = i32x4.bitmask(f32x4.ne(v0, k0)) | (i32x4.bitmask(f32x4.ne(v1, k1)) << 4);
      cut += popcnt(j + 8 < n8 ? moved : moved & rest);
    }
  return cut;
}
