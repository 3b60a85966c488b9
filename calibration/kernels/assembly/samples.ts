// Read-outs of boards, many input vectors at a time: moments of the columns, samples from them, codes, sums.
import { k, kept, ONE, rounded } from "./constants";
import { laplaces, normals } from "./normals";
import { keyed } from "./random";

/**
 * A place of draws: key (seed's two words, stream of the normals), stream of the Laplace numbers, then which run it holds
 * and whether it holds one, states of both, 1024 normals, 1024 Laplace numbers.
 */
const runAt: usize = 16, holdsAt: usize = 20, normalState: usize = 32, tailState: usize = 96, normalsAt: usize = 160, tailsAt: usize = 4256;
const tileNormals: i32 = 1024;
const tileBytes: usize = 4096;

/** Codes (int16) → scale · code as floats; `count` is rounded up to 8. */
export function widened(codes: usize, out: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (const end = codes + ((<usize>count) << 1); codes < end; codes += 16, out += 32) {
    const code = v128.load(codes);
    v128.store(out, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(code))));
    v128.store(out, f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(code))), 16);
  }
}

/** Codes (int16) → the nearest codes of scale · code², ties to even; `count` is rounded up to 8. */
export function squares16(codes: usize, out: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (const end = codes + ((<usize>count) << 1); codes < end; codes += 16, out += 16) {
    const code = v128.load(codes);
    const low = f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extmul_low_i16x8_s(code, code)));
    const high = f32x4.mul(factor, f32x4.convert_i32x4_s(i32x4.extmul_high_i16x8_s(code, code)));
    v128.store(out, i16x8.narrow_i32x4_s(rounded(low), rounded(high)));
  }
}

/** Sums of codes (int32) → scale · sum as floats, in place; `count` is rounded up to 4. */
export function floated(sums: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (const end = sums + ((<usize>count) << 2); sums < end; sums += 16)
    v128.store(sums, f32x4.mul(factor, f32x4.convert_i32x4_s(v128.load(sums))));
}

/** out = a · b, element by element, `count` rounded up to 4. */
export function multiplied(a: usize, b: usize, out: usize, count: i32): void {
  for (const end = out + ((<usize>count) << 2); out < end; out += 16, a += 16, b += 16)
    v128.store(out, f32x4.mul(v128.load(a), v128.load(b)));
}

/**
 * Of `rows` lines of n8 columns, in place: mean → gain · mean + offset, variance → standard deviation of a Gaussian part,
 * and, where `fourth` ≠ 0 holds Σσ⁴, fourth → scale of a Laplace part, both times |gain|: with n = (Σσ²)² / Σσ⁴ ≥ 1 the
 * Laplace part has the share 1/√n of the variance. `effective` is the least n of each line, ∞ where nothing fluctuates.
 */
export function columnMoments(
  mean: usize, variance: usize, fourth: usize, gain: usize, offset: usize, effective: usize, rows: i32, n8: i32,
): void {
  const infinite = f32x4.splat(Infinity), half = f32x4.splat(0.5), zero = f32x4.splat(0);
  const line = (<usize>n8) << 2;
  for (let i: i32 = 0; i < rows; i++, effective += 4) {
    let least = infinite;
    for (let j: usize = 0; j < line; j += 16, mean += 16, variance += 16) {
      const g = v128.load(gain + j), v = v128.load(variance), size = f32x4.abs(g);
      v128.store(mean, f32x4.add(f32x4.mul(g, v128.load(mean)), v128.load(offset + j)));
      if (fourth == 0) {
        v128.store(variance, f32x4.mul(size, f32x4.sqrt(v)));
        continue;
      }
      const equal = f32x4.pmax(k(ONE), f32x4.div(f32x4.mul(v, v), v128.load(fourth)));
      const n = v128.bitselect(equal, infinite, f32x4.gt(v, zero));
      const share = f32x4.div(k(ONE), f32x4.sqrt(n));
      least = f32x4.pmin(least, n);
      v128.store(fourth, f32x4.mul(size, f32x4.sqrt(f32x4.mul(f32x4.mul(v, share), half))));
      v128.store(variance, f32x4.mul(size, f32x4.sqrt(f32x4.mul(v, f32x4.sub(k(ONE), share)))));
      fourth += 16;
    }
    store<f32>(effective, min(min(f32x4.extract_lane(least, 0), f32x4.extract_lane(least, 1)), min(f32x4.extract_lane(least, 2), f32x4.extract_lane(least, 3))));
  }
}

/**
 * For each of `rows` lines of n8 columns, 1 (int32) where the square of any variance is less than factor · bound, else 0:
 * `bound` has one number a column.
 */
export function coarse(variance: usize, bound: usize, factor: f32, rows: i32, n8: i32, out: usize): void {
  const line = (<usize>n8) << 2, times = f32x4.splat(factor);
  for (let i: i32 = 0; i < rows; i++, out += 4) {
    let any = i32x4.splat(0);
    for (let j: usize = 0; j < line; j += 16, variance += 16) {
      const v = v128.load(variance);
      any = v128.or(any, f32x4.lt(f32x4.mul(v, v), f32x4.mul(times, v128.load(bound + j))));
    }
    store<i32>(out, v128.any_true(any) ? 1 : 0);
  }
}

/** The next tile of a run, or its first. */
function drawn(draws: usize, laplace: bool, count: i32): void {
  normals(draws + normalsAt, count, draws + normalState);
  if (laplace) laplaces(draws + tailsAt, count, draws + tailState);
}

function begun(draws: usize, run: u32, laplace: bool, count: i32): void {
  keyed(draws + normalState, draws, run, 0);
  if (laplace) {
    const stream = load<u32>(draws, 8);
    store<u32>(draws, load<u32>(draws, 12), 8);
    keyed(draws + tailState, draws, run, 0);
    store<u32>(draws, stream, 8);
  }
  drawn(draws, laplace, count);
  store<u32>(draws + runAt, run);
}

// @ts-expect-error: decorator
@inline
function value(mean: usize, gaussian: usize, laplace: usize, at: usize, z: usize): v128 {
  const v = f32x4.add(v128.load(mean + at), f32x4.mul(v128.load(gaussian + at), v128.load(z)));
  return laplace == 0 ? v : f32x4.add(v, f32x4.mul(v128.load(laplace + at), v128.load(z + (tailsAt - normalsAt))));
}

// @ts-expect-error: decorator
@inline
function samples(
  mean: usize, gaussian: usize, laplace: usize, repeat: i32, repeats: i32, out: usize, columns: i32, low: f32, high: f32,
  draws: usize, first: u32, count: i32, coded: bool,
): i32 {
  const n8 = (columns + 7) & ~7;
  const line = (<usize>n8) << 2;
  const perRun: u32 = max(1, tileNormals / n8);
  const whole = n8 <= tileNormals;
  const perTile = whole ? <i32>perRun * n8 : tileNormals;
  const lowest = f32x4.splat(low), highest = f32x4.splat(high);
  const bottom = i16x8.splat(<i16>low), top = i16x8.splat(<i16>high);
  const rest: i32 = (1 << (columns - n8 + 8)) - 1;
  const end = draws + normalsAt + tileBytes;
  let saturated: i32 = 0;
  for (let r: i32 = 0; r < count; r++) {
    const number = first + r, run = number / perRun;
    if (!whole || load<u32>(draws + holdsAt) == 0 || load<u32>(draws + runAt) != run) {
      begun(draws, run, laplace != 0, perTile);
      store<u32>(draws + holdsAt, whole ? 1 : 0);
    }
    let z = draws + normalsAt + (<usize>(number - run * perRun)) * line;
    for (let at: usize = 0; at < line; at += 32, z += 32) {
      if (z == end) {
        drawn(draws, laplace != 0, tileNormals);
        z = draws + normalsAt;
      }
      const v0 = value(mean, gaussian, laplace, at, z), v1 = value(mean, gaussian, laplace, at + 16, z + 16);
      if (coded) {
        const code = i16x8.narrow_i32x4_s(rounded(kept(v0, lowest, highest)), rounded(kept(v1, lowest, highest)));
        v128.store(out + (at >> 1), code);
        const ends = i16x8.bitmask(v128.or(i16x8.eq(code, bottom), i16x8.eq(code, top)));
        saturated += popcnt(at + 32 < line ? ends : ends & rest);
      } else {
        v128.store(out + at, v0);
        v128.store(out + at, v1, 16);
      }
    }
    out += coded ? (<usize>columns) << 1 : line;
    if (++repeat == repeats) {
      repeat = 0;
      mean += line;
      gaussian += line;
      if (laplace != 0) laplace += line;
    }
  }
  return saturated;
}

/**
 * `count` samples from number `first`: codes nearest(mean + σz + λt), kept within low … high, t Laplace where `laplace` ≠ 0;
 * gives how many lie at either end. The first is repeat `repeat` of the vector whose moments (rows of n8) are given; after
 * `repeats` comes the next vector's. Runs of ⌊1024 / n8⌋ samples share a key; `draws` keeps the last one. Rows of codes
 * follow one another without gaps; the last writes up to 14 bytes beyond its end.
 */
export function momentCodes(
  mean: usize, gaussian: usize, laplace: usize, repeat: i32, repeats: i32, out: usize, columns: i32, low: f32, high: f32,
  draws: usize, first: u32, count: i32,
): i32 {
  return laplace == 0
    ? samples(mean, gaussian, 0, repeat, repeats, out, columns, low, high, draws, first, count, true)
    : samples(mean, gaussian, laplace, repeat, repeats, out, columns, low, high, draws, first, count, true);
}

/** As `momentCodes`, but the currents themselves: `count` rows of n8 numbers. */
export function momentLines(
  mean: usize, gaussian: usize, laplace: usize, repeat: i32, repeats: i32, out: usize, columns: i32, draws: usize, first: u32, count: i32,
): void {
  samples(mean, gaussian, laplace, repeat, repeats, out, columns, 0, 0, draws, first, count, false);
}

/** Lines of n8 currents, in place: gain · current + offset. */
export function amplified(lines: usize, gain: usize, offset: usize, rows: i32, n8: i32): void {
  const line = (<usize>n8) << 2;
  for (let i: i32 = 0; i < rows; i++)
    for (let j: usize = 0; j < line; j += 16, lines += 16)
      v128.store(lines, f32x4.add(f32x4.mul(v128.load(gain + j), v128.load(lines)), v128.load(offset + j)));
}

/** Lines of n8 currents → rows of `columns` codes, as `momentCodes` writes and counts them. */
export function lineCodes(lines: usize, out: usize, rows: i32, columns: i32, low: f32, high: f32): i32 {
  const n8 = (columns + 7) & ~7;
  const lowest = f32x4.splat(low), highest = f32x4.splat(high);
  const bottom = i16x8.splat(<i16>low), top = i16x8.splat(<i16>high);
  const rest: i32 = (1 << (columns - n8 + 8)) - 1;
  let saturated: i32 = 0;
  for (let i: i32 = 0; i < rows; i++, out += (<usize>columns) << 1)
    for (let j: i32 = 0; j < n8; j += 8, lines += 32) {
      const code = i16x8.narrow_i32x4_s(
        rounded(kept(v128.load(lines), lowest, highest)), rounded(kept(v128.load(lines, 16), lowest, highest)),
      );
      v128.store(out + ((<usize>j) << 1), code);
      const ends = i16x8.bitmask(v128.or(i16x8.eq(code, bottom), i16x8.eq(code, top)));
      saturated += popcnt(j + 8 < n8 ? ends : ends & rest);
    }
  return saturated;
}

/**
 * Of rows of `columns` codes: sums and sums of squares of each column, as doubles, `columns` rounded up to 8 of each. At most
 * 65536 rows; reads up to 14 bytes beyond the last.
 */
export function tallied(codes: usize, rows: i32, columns: i32, sums: usize, squares: usize): void {
  const line = (<usize>columns) << 1;
  for (let j: i32 = 0; j < columns; j += 8, codes += 16) {
    let s0 = i32x4.splat(0), s1 = s0, q0 = s0, q1 = s0, q2 = s0, q3 = s0;
    for (let at = codes, end = codes + (<usize>rows) * line; at < end; at += line) {
      const code = v128.load(at);
      s0 = i32x4.add(s0, i32x4.extend_low_i16x8_s(code));
      s1 = i32x4.add(s1, i32x4.extend_high_i16x8_s(code));
      const low = i32x4.extmul_low_i16x8_s(code, code), high = i32x4.extmul_high_i16x8_s(code, code);
      q0 = i64x2.add(q0, i64x2.extend_low_i32x4_u(low));
      q1 = i64x2.add(q1, i64x2.extend_high_i32x4_u(low));
      q2 = i64x2.add(q2, i64x2.extend_low_i32x4_u(high));
      q3 = i64x2.add(q3, i64x2.extend_high_i32x4_u(high));
    }
    for (let half: i32 = 0; half < 2; half++, sums += 32) {
      const s = half == 0 ? s0 : s1;
      v128.store(sums, f64x2.convert_low_i32x4_s(s));
      v128.store(sums, f64x2.convert_low_i32x4_s(i32x4.shuffle(s, s, 2, 3, 2, 3)), 16);
    }
    squares = stored(squares, q0);
    squares = stored(squares, q1);
    squares = stored(squares, q2);
    squares = stored(squares, q3);
  }
}

function stored(at: usize, x: v128): usize {
  store<f64>(at, <f64>i64x2.extract_lane(x, 0));
  store<f64>(at, <f64>i64x2.extract_lane(x, 1), 8);
  return at + 16;
}
