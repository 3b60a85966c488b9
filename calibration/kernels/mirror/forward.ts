import type { Exports, Views } from "../exports.ts";

const { fround } = Math;
type Forward = Pick<Exports, "signedSums" | "scaledSums" | "deviations" | "requantised">;

/** The kernels of assembly/forward.ts in plain TypeScript. */
export const mirrorForward = (views: () => Views): Forward => ({
  signedSums: (codes, repeat, repeats, columns, devices, signs, sums, line, count) => {
    const { i16, i32 } = views();
    for (let r = 0, from = codes / 2; r < count; r++) {
      const row = (sums + Math.floor((repeat + r) / repeats) * line) / 4;
      for (let j = 0; j < Math.floor(columns / devices); j++)
        for (let d = 0; d < devices; d++, from++) i32[row + j]! += i16[from]! * i16[signs / 2 + d]!;
    }
  },
  scaledSums: (sums, scale, bias, offset, totals, rows, n8) => {
    const { f32, i32 } = views();
    for (let i = 0, at = sums / 4; i < rows; i++)
      for (let j = 0; j < n8; j++, at++) {
        const z = fround(fround(f32[scale / 4 + j]! * fround(i32[at]!)) + f32[bias / 4 + j]!);
        f32[at] = z + fround(f32[offset / 4 + j]! * f32[totals / 4 + i]!);
      }
  },
  deviations: (variance, floor, rows, n8) => {
    const { f32 } = views();
    let short = 0;
    for (let i = 0, at = variance / 4; i < rows * n8; i++, at++) {
      const v = fround(f32[at]! + f32[floor / 4 + (i % n8)]!);
      if (v < 0) short++;
      f32[at] = v > 0 ? Math.sqrt(v) : 0;
    }
    return short;
  },
  requantised: (values, out, rows, columns, relu, low, high) => {
    const { f32, i16 } = views();
    const n8 = (columns + 7) & ~7;
    let cut = 0;
    for (let r = 0, at = values / 4; r < rows; r++)
      for (let j = 0; j < n8; j++, at++) {
        const value = relu && f32[at]! < 0 ? 0 : f32[at]!;
        const code = Math.floor(fround(value + 0.5));
        const kept = Math.min(high, Math.max(low, code));
        // The padding is written too, and then the next row over it.
        i16[out / 2 + r * columns + j] = kept;
        if (j < columns && kept !== code) cut++;
      }
    return cut;
  },
});
