import { kernels, padded, places, scratch } from "#calibration";
import type { Burst } from "./read-out.ts";

/** Codes that are added up in one go: what stays in the L2 cache. */
const mostCodes = 1 << 16;

/** Sums of the codes of `count` vectors over their repeats, and of their squares: count × cols. */
export function sumsOf(
  { codes, saturated }: { codes: Int16Array; saturated: number },
  { count, repeats, cols }: { count: number; repeats: number; cols: number },
): { sums: Float64Array; squares: Float64Array; saturated: number } {
  const { place } = places(scratch);
  const [sumsAt, squaresAt, at] = [place(8 * padded(cols)), place(8 * padded(cols)), place(0)];
  const most = Math.max(1, Math.floor(mostCodes / cols));
  const [sums, squares] = [new Float64Array(count * cols), new Float64Array(count * cols)];
  for (let s = 0; s < count * repeats; ) {
    const vector = Math.floor(s / repeats);
    const here = Math.min(most, (vector + 1) * repeats - s);
    const { i16, f64 } = kernels.reserve(at + 2 * here * cols + 16);
    i16.set(codes.subarray(s * cols, (s + here) * cols), at / 2);
    kernels.tallied(at, here, cols, sumsAt, squaresAt);
    for (let j = 0; j < cols; j++) {
      sums[vector * cols + j]! += f64[sumsAt / 8 + j]!;
      squares[vector * cols + j]! += f64[squaresAt / 8 + j]!;
    }
    s += here;
  }
  return { sums, squares, saturated };
}

/** A burst from what it gives chunk by chunk. */
export function burstFrom(take: Burst["take"], { repeats, cols }: { repeats: number; cols: number }): Burst {
  const sums = (first: number, count: number): ReturnType<typeof sumsOf> =>
    sumsOf(take(first * repeats, count * repeats), { count, repeats, cols });
  const burst = { take, sums };
  return burst;
}
