import type { Exports, Views } from "../exports.ts";

const { fround } = Math;

type Driven = Pick<Exports, "driven" | "drivenCodes" | "drivenPanels">;

const driven = (views: () => Views): Driven => ({
  driven: (codes, m, k, places) => {
    const { i16, i32 } = views();
    const holds = (j: number): boolean => {
      for (let i = 0; i < m; i++) if (i16[codes / 2 + i * k + j] !== 0) return true;
      return false;
    };
    let [count, spare] = [0, 0];
    for (let j = 0; j < k; j++)
      if (holds(j)) i32[places / 4 + count++] = j;
      else if (spare >> 3 !== j >> 3 || holds(spare)) spare = j;
    if (count % 2 === 1) i32[places / 4 + count++] = spare;
    return count;
  },
  drivenCodes: (codes, m, k, places, count, out) => {
    const { i16, i32 } = views();
    for (let i = 0, to = out / 2; i < m; i++)
      for (let c = 0; c < count; c++, to++) i16[to] = i16[codes / 2 + i * k + i32[places / 4 + c]!]!;
  },
  drivenPanels: (panels, k, n8, places, count, out) => {
    const { i16, i32 } = views();
    const at = (row: number, column: number, rows: number): number =>
      (column & ~7) * rows + 8 * (row & ~1) + 2 * (column & 7) + (row & 1);
    for (let j = 0; j < n8; j++)
      for (let c = 0; c < count; c++)
        i16[out / 2 + at(c, j, count)] = i16[panels / 2 + at(i32[places / 4 + c]!, j, k)]!;
  },
});

/** Products of matrices whose second factor lies in panels of 8 columns. */
export function mirrorGemms(
  views: () => Views,
): Pick<Exports, "pack" | "gemm" | "unpad" | "gemm16"> & Driven {
  return {
    ...driven(views),
    pack: (b, panels, k, n) => {
      const { f32 } = views();
      for (let j = 0, to = panels / 4; j < n; j += 8)
        for (let p = 0; p < k; p++)
          for (let c = 0; c < 8; c++, to++) f32[to] = j + c < n ? f32[b / 4 + p * n + j + c]! : 0;
    },
    gemm: (a, panels, out, m, k, n8) => {
      const { f32 } = views();
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n8; j++) {
          let sum = 0;
          for (let p = 0, q = panels / 4 + (j & ~7) * k + (j & 7); p < k; p++, q += 8)
            sum = fround(sum + fround(f32[a / 4 + i * k + p]! * f32[q]!));
          f32[out / 4 + i * n8 + j] = sum;
        }
    },
    unpad: (from, to, m, n, n8) => {
      const { f32 } = views();
      for (let i = 0; i < m; i++) f32.copyWithin(to / 4 + i * n, from / 4 + i * n8, from / 4 + i * n8 + n);
    },
    gemm16: (a, panels, out, m, k, n8) => {
      const { i16, i32 } = views();
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n8; j++) {
          let sum = 0;
          for (let p = 0, q = panels / 2 + (j & ~7) * k + 2 * (j & 7); p < k; p += 2, q += 16) {
            const x = a / 2 + i * k + p;
            sum = (sum + i16[x]! * i16[q]! + i16[x + 1]! * i16[q + 1]!) | 0;
          }
          i32[out / 4 + i * n8 + j] = sum;
        }
    },
  };
}
