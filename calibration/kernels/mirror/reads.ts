import type { Exports, Views } from "../exports.ts";

const { fround } = Math;
/** Where the WASM kernels keep their tiles and states, the mirror has the same 8 kB free. */
const [tile, state, tileNormals] = [2048, 1024, 1024];

type Chance = Pick<Exports, "keyed" | "normals" | "laplaces">;

/** Nearest integer of |x| < 2²², ties to even. */
export const rounded = (x: number): number => fround(fround(x + 12582912) - 12582912);
export const kept = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);

type Reads = Pick<Exports, "deviceReads" | "laplaceReads" | "codes">;

function deviceReads(
  views: () => Views,
  keyed: Exports["keyed"],
  draw: Exports["normals"],
): Reads["deviceReads"] {
  return (x, step, panels, out, rows, n8, key, first, count, clip) => {
    const { f32 } = views();
    for (let p = 0; p < n8 / 8; p++)
      for (let r = 0; r < count; r++) {
        const to = out / 4 + r * n8 + 8 * p;
        f32.fill(0, to, to + 8);
        keyed(state, key, first + r, p);
        for (let row = 0; row < rows; row++) {
          const within = row % (tileNormals / 8);
          if (within === 0) draw(tile, Math.min(tileNormals, 8 * (rows - row)), state);
          const drive = f32[(x + r * step) / 4 + row]!;
          for (let c = 0, at = panels / 4 + (p * rows + row) * 16; c < 8; c++, at++) {
            const g = fround(f32[at]! + fround(f32[at + 8]! * f32[tile / 4 + 8 * within + c]!));
            f32[to + c] = fround(f32[to + c]! + fround(drive * (clip && g < 0 ? 0 : g)));
          }
        }
      }
  };
}

function codes(views: () => Views, { keyed, normals }: Chance): Reads["codes"] {
  return (mean, sigma, step, out, columns, low, high, key, first, count) => {
    const { f32, i16 } = views();
    const n8 = (columns + 7) & ~7;
    const perRun = Math.max(1, Math.floor(tileNormals / n8));
    let saturated = 0;
    let z = 0;
    for (let r = 0; r < count; r++) {
      const number = first + r;
      if (r === 0 || number % perRun === 0) {
        keyed(state, key, Math.floor(number / perRun), 0);
        normals(tile, tileNormals, state);
        z = (number % perRun) * n8;
      }
      for (let j = 0; j < n8; j++, z++) {
        if (z === tileNormals) normals(tile, tileNormals, state);
        z %= tileNormals;
        if (j >= columns) continue;
        const at = (r * step) / 4 + j;
        const value = fround(f32[mean / 4 + at]! + fround(f32[sigma / 4 + at]! * f32[tile / 4 + z]!));
        const code = rounded(kept(value, low, high));
        i16[out / 2 + r * columns + j] = code;
        if (code === low || code === high) saturated++;
      }
    }
    return saturated;
  };
}

export const mirrorReads = (views: () => Views, chance: Chance): Reads => ({
  deviceReads: deviceReads(views, chance.keyed, chance.normals),
  laplaceReads: deviceReads(views, chance.keyed, chance.laplaces),
  codes: codes(views, chance),
});
