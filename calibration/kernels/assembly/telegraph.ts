// Random telegraph noise: two-state devices, stepped all at once or only where they may flip.
import { keyed, ln, rotated21, unit } from "./random";

const state: usize = memory.data(64, 16);
const waits: usize = memory.data(1024, 16);

/**
 * One step of every device, then the sum of its column: out[j] = Σᵢ xᵢ δᵢⱼ levelᵢⱼ. Panels of 8 columns; `levels` are 0 or
 * −1, `odds` the 32-bit thresholds below which a word flips a device: 8 for up, then 8 for down, row by row.
 */
export function telegraphDense(
  x: usize, levels: usize, odds: usize, amplitudes: usize, out: usize, rows: i32, n8: i32, key: usize, number: u32,
): void {
  const end = x + ((<usize>rows) << 2);
  for (let p: i32 = 0; p < n8 >> 3; p++, out += 32) {
    keyed(state, key, number, p);
    let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), n = v128.load(state, 48);
    let sum0 = f32x4.splat(0), sum1 = sum0;
    const one = i32x4.splat(1);
    for (let at = x; at < end; at += 4, levels += 32, odds += 64, amplitudes += 32) {
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
      let l0 = v128.load(levels), l1 = v128.load(levels, 16);
      l0 = v128.xor(l0, i32x4.lt_u(w0, v128.bitselect(v128.load(odds, 32), v128.load(odds), l0)));
      l1 = v128.xor(l1, i32x4.lt_u(w1, v128.bitselect(v128.load(odds, 48), v128.load(odds, 16), l1)));
      v128.store(levels, l0);
      v128.store(levels, l1, 16);
      const drive = v128.load32_splat(at);
      sum0 = f32x4.add(sum0, f32x4.mul(drive, v128.and(l0, v128.load(amplitudes))));
      sum1 = f32x4.add(sum1, f32x4.mul(drive, v128.and(l1, v128.load(amplitudes, 16))));
    }
    v128.store(out, sum0);
    v128.store(out, sum1, 16);
  }
}

/** 32 waiting times −ln u, each group of four with the four words that decide the flips after them. */
function wait(): void {
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), n = v128.load(state, 48);
  const one = i32x4.splat(1);
  for (let at = waits; at < waits + 256; at += 32) {
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
    v128.store(at, f32x4.neg(ln(unit(w0))));
    v128.store(at, w1, 16);
  }
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, n, 48);
}

/**
 * One step of the `count` devices recorded at `devices` that flip with a probability of at most `most`: jumps from one that
 * may flip to the next (a geometric number of devices), there flips with its own probability over `most`. A record is row and
 * column (upper and lower 16 bits), the thresholds for up and for down, the amplitude: one line of the cache, as the records
 * of a large array lie far from the core. `sums` (f64, a column each) follow the flips, `levels` those of `telegraphDense`.
 * Gives the number of flips. `bucket` tells buckets of one step apart.
 */
export function telegraphSkip(
  x: usize, levels: usize, devices: usize, sums: usize, rows: i32, count: i32, most: f64, key: usize, number: u32, bucket: u32, perWait: f64,
): i32 {
  keyed(state, key, number, bucket);
  let flips = 0, group = waits + 256, lane: usize = 0;
  for (let i: i32 = 0; ; i++) {
    if (group == waits + 256) {
      wait();
      group = waits;
    }
    const jump = <f64>load<f32>(group + lane) * perWait;
    const word = load<u32>(group + lane, 16);
    lane += 4;
    if (lane == 16) {
      lane = 0;
      group += 32;
    }
    if (jump >= <f64>(count - i)) break;
    i += <i32>jump;
    const device = devices + ((<usize>i) << 4);
    const lines = load<u32>(device), row = lines >> 16, col = lines & 0xffff;
    const at = levels + ((<usize>((col & ~7) * rows + (row << 3) + (col & 7))) << 2);
    const level = load<i32>(at);
    const threshold = load<u32>(device - (level << 2), 4);
    if (<f64>word * most >= <f64>threshold) continue;
    store<i32>(at, ~level);
    const change = <f64>load<f32>(x + ((<usize>row) << 2)) * <f64>load<f32>(device, 12);
    const sum = sums + ((<usize>col) << 3);
    store<f64>(sum, load<f64>(sum) + <f64>(2 * level + 1) * change);
    flips++;
  }
  return flips;
}
