import type { Exports, Views } from "../exports.ts";
import { ln } from "./normals.ts";
import { kept, rounded } from "./reads.ts";

const { fround } = Math;
const [log2e, ln2High, ln2Low] = [fround(Math.LOG2E), 0.693359375, -0.00021219444170128554];
/** Minimax of (e^f − 1 − f) / f² on ±ln 2 / 2, relative error of e^f < 4e-9 before rounding. */
const [e2, e3, e4, e5, e6] = [
  0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.0083687175065279, 0.0013814596459269524,
];

/** e^x for x ≤ 0, from −87 on: relative error < 1.2e-7. */
export function exp(x: number): number {
  const inRange = x < -87 ? -87 : x;
  const n = rounded(fround(inRange * log2e));
  const f = fround(fround(inRange - fround(n * ln2High)) - fround(n * ln2Low));
  let q = fround(fround(e6 * f) + e5);
  q = fround(fround(q * f) + e4);
  q = fround(fround(q * f) + e3);
  q = fround(fround(q * f) + e2);
  q = fround(fround(fround(fround(q * f) * f) + f) + 1);
  return fround(q * 2 ** n);
}

const sumOfFour = (x: Float32Array, at: number): number =>
  fround(fround(x[at]! + x[at + 1]!) + fround(x[at + 2]! + x[at + 3]!));

type Layers = Pick<
  Exports,
  "moments16" | "squares" | "roots" | "activations" | "outputs" | "posterior" | "drift"
>;

const elementwise = (views: () => Views): Omit<Layers, "posterior"> => ({
  moments16: (mean, variance, count, meanScale, varianceScale) => {
    const { f32, i32 } = views();
    for (let i = 0; i < count; i++) {
      f32[mean / 4 + i] = fround(fround(i32[mean / 4 + i]!) * fround(meanScale));
      f32[variance / 4 + i] = Math.sqrt(fround(fround(i32[variance / 4 + i]!) * fround(varianceScale)));
    }
  },
  squares: (from, to, count) => {
    const { f32 } = views();
    for (let i = 0; i < ((count + 3) & ~3); i++) f32[to / 4 + i] = f32[from / 4 + i]! ** 2;
  },
  roots: (variance, count) => {
    const { f32 } = views();
    for (let i = variance / 4; i < variance / 4 + count; i++) f32[i] = Math.sqrt(f32[i]!);
  },
  activations: (codes, bias, gain, high, out, squares, rows, n8) => {
    const { f32, i16 } = views();
    for (let i = 0; i < rows * n8; i++) {
      const value = fround(fround(i16[codes / 2 + i]! * fround(gain)) + f32[bias / 4 + (i % n8)]!);
      const code = rounded(kept(value, 0, fround(high)));
      i16[out / 2 + i] = code;
      i16[squares / 2 + i] = code * code;
    }
  },
  outputs: (codes, bias, gain, out, rows, n8) => {
    const { f32, i16 } = views();
    for (let i = 0; i < rows * n8; i++)
      f32[out / 4 + i] = fround(i16[codes / 2 + i]! * fround(gain)) + f32[bias / 4 + (i % n8)]!;
  },
  drift: (out, g0, nu, count, lnAge) => {
    const { f32 } = views();
    for (let i = 0; i < count; i++)
      f32[out / 4 + i] = f32[g0 / 4 + i]! * exp(fround(f32[nu / 4 + i]! * fround(-lnAge)));
  },
});

/** Four samples side by side, as the kernel takes them: sums of a class are four until the end. */
function posterior(views: () => Views): Layers["posterior"] {
  return (logits, step, classes, samples, out, work) => {
    const { f32 } = views();
    const [weights, sums] = [work / 4, work / 4 + 4 * classes];
    f32.fill(0, sums, sums + 4 * classes);
    const entropy = new Float32Array(4);
    for (let s = 0; s < samples; s++) {
      const [x, lane] = [logits / 4 + s * step, s % 4];
      let highest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) highest = Math.max(highest, f32[x + c]!);
      let [z, moment] = [0, 0];
      for (let c = 0; c < classes; c++) {
        const d = fround(f32[x + c]! - highest);
        const weight = exp(d);
        z = fround(z + weight);
        moment = fround(moment + fround(weight * d));
        f32[weights + 4 * c + lane] = weight;
      }
      const over = fround(1 / z);
      entropy[lane] = entropy[lane]! + fround(ln(z) - fround(moment * over));
      for (let c = 0, at = lane; c < classes; c++, at += 4)
        f32[sums + at] = f32[sums + at]! + fround(f32[weights + at]! * over);
    }
    for (let c = 0; c < classes; c++) f32[out / 4 + c] = sumOfFour(f32, sums + 4 * c) / samples;
    f32[out / 4 + classes] = sumOfFour(entropy, 0) / samples;
  };
}

export const mirrorLayers = (views: () => Views): Layers => ({
  ...elementwise(views),
  posterior: posterior(views),
});
