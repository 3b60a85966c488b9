// Noisy read-outs: every device drawn (`deviceReads`), or each column from its moments (`codes`).
import { kept, rounded } from "./constants";
import { laplaces, normals } from "./normals";
import { keyed } from "./random";

/** Normals are made and used a tile at a time, so that they never leave the L1 cache. */
const tileNormals: i32 = 1024;
const tile: usize = memory.data(4096, 16);
const state: usize = memory.data(64, 16);

// @ts-expect-error: decorator
@inline
function added(x: usize, end: usize, panel: usize, out: usize, clip: bool): void {
  let sum0 = v128.load(out), sum1 = v128.load(out, 16);
  const zero = f32x4.splat(0);
  for (let z = tile; x < end; x += 4, panel += 64, z += 32) {
    let g0 = f32x4.add(v128.load(panel), f32x4.mul(v128.load(panel, 32), v128.load(z)));
    let g1 = f32x4.add(v128.load(panel, 16), f32x4.mul(v128.load(panel, 48), v128.load(z, 16)));
    if (clip) {
      g0 = f32x4.pmax(g0, zero);
      g1 = f32x4.pmax(g1, zero);
    }
    const drive = v128.load32_splat(x);
    sum0 = f32x4.add(sum0, f32x4.mul(drive, g0));
    sum1 = f32x4.add(sum1, f32x4.mul(drive, g1));
  }
  v128.store(out, sum0);
  v128.store(out, sum1, 16);
}

/** One panel of 8 columns in one read-out; a panel holds, row by row, 8 conductances and their 8 standard deviations. */
// @ts-expect-error: decorator
@inline
function panelRead(x: usize, panel: usize, out: usize, rows: i32, laplace: bool, clip: bool): void {
  v128.store(out, f32x4.splat(0));
  v128.store(out, f32x4.splat(0), 16);
  for (let row: i32 = 0; row < rows; row += tileNormals >> 3) {
    const taken = min(rows - row, tileNormals >> 3);
    if (laplace) laplaces(tile, taken << 3, state);
    else normals(tile, taken << 3, state);
    const from = x + ((<usize>row) << 2);
    added(from, from + ((<usize>taken) << 2), panel + ((<usize>row) << 6), out, clip);
  }
}

// @ts-expect-error: decorator
@inline
function reads(
  x: usize, step: usize, panels: usize, out: usize, rows: i32, n8: i32, key: usize, first: u32, count: i32, laplace: bool, clip: bool,
): void {
  const line = (<usize>n8) << 2;
  for (let p: i32 = 0; p < n8 >> 3; p++, panels += (<usize>rows) << 6, out += 32) {
    for (let r: i32 = 0; r < count; r++) {
      keyed(state, key, first + r, p);
      panelRead(x + (<usize>r) * step, panels, out + (<usize>r) * line, rows, laplace, clip);
    }
  }
}

/**
 * out[r][j] = Σᵢ xᵢ (gᵢⱼ + σᵢⱼ z), every z new and normal, for `count` read-outs from number `first`; `clip` keeps each
 * g + σz ≥ 0. Read-out r takes its inputs at x + r · step. Tile (read-out, panel) has its own key.
 */
export function deviceReads(
  x: usize, step: usize, panels: usize, out: usize, rows: i32, n8: i32, key: usize, first: u32, count: i32, clip: bool,
): void {
  if (clip) reads(x, step, panels, out, rows, n8, key, first, count, false, true);
  else reads(x, step, panels, out, rows, n8, key, first, count, false, false);
}

/** As `deviceReads` with z of the density exp(−|z|)/2: their standard deviation is √2. */
export function laplaceReads(
  x: usize, step: usize, panels: usize, out: usize, rows: i32, n8: i32, key: usize, first: u32, count: i32, clip: bool,
): void {
  if (clip) reads(x, step, panels, out, rows, n8, key, first, count, true, true);
  else reads(x, step, panels, out, rows, n8, key, first, count, true, false);
}

/**
 * `count` read-outs from number `first`, each of `columns` codes: nearest(mean + σz), kept within low … high; gives how many
 * lie at either end. Read-out r takes mean and σ (rows of n8) at r · step. Runs of ⌊1024 / n8⌋ read-outs share a key.
 * Rows of codes follow one another without gaps; the last writes up to 14 bytes beyond its end.
 */
export function codes(
  mean: usize, sigma: usize, step: usize, out: usize, columns: i32, low: f32, high: f32, key: usize, first: u32, count: i32,
): i32 {
  const n8 = (columns + 7) & ~7;
  const perRun: u32 = max(1, tileNormals / n8);
  const lowest = f32x4.splat(low), highest = f32x4.splat(high);
  const bottom = i16x8.splat(<i16>low), top = i16x8.splat(<i16>high);
  const rest: i32 = (1 << (columns - n8 + 8)) - 1;
  const end = tile + (tileNormals << 2);
  let saturated: i32 = 0, z: usize = 0;
  for (let r: u32 = first; r < first + count; r++, mean += step, sigma += step) {
    if (r == first || r % perRun == 0) {
      keyed(state, key, r / perRun, 0);
      normals(tile, tileNormals, state);
      z = tile + ((<usize>((r % perRun) * n8)) << 2);
    }
    for (let j: i32 = 0; j < n8; j += 8, z += 32) {
      if (z == end) {
        normals(tile, tileNormals, state);
        z = tile;
      }
      const at = (<usize>j) << 2;
      let v0 = f32x4.add(v128.load(mean + at), f32x4.mul(v128.load(sigma + at), v128.load(z)));
      let v1 = f32x4.add(v128.load(mean + at, 16), f32x4.mul(v128.load(sigma + at, 16), v128.load(z, 16)));
      v0 = rounded(kept(v0, lowest, highest));
      v1 = rounded(kept(v1, lowest, highest));
      const code = i16x8.narrow_i32x4_s(v0, v1);
      v128.store(out + (at >> 1), code);
      const ends = i16x8.bitmask(v128.or(i16x8.eq(code, bottom), i16x8.eq(code, top)));
      saturated += popcnt(j + 8 < n8 ? ends : ends & rest);
    }
    out += (<usize>columns) << 1;
  }
  return saturated;
}
