import { philox4x32 } from "../../philox.ts";
import type { Exports, Views } from "../exports.ts";

const { fround } = Math;
const lanes = 4;
const toUnit = 2 ** -31;
const ln2 = fround(Math.LN2);
// Minimax of ln(1 + f) / f on −1/3 … 1/3, |error| < 1.8e-7.
const [l0, l1, l2, l3] = [0.9999998211860657, -0.4999987781047821, 0.3333798944950104, -0.2501204013824463];
const [l4, l5, l6, l7] = [
  0.19795012474060059, -0.16340580582618713, 0.17111332714557648, -0.15774579346179962,
];
// Minimax of sin x / x and cos x in x² for |x| ≤ π/4, |error| < 3.1e-9 and 2.8e-8.
const [s1, s2, s3] = [-0.16666650772094727, 0.008332036435604095, -0.00019504022202454507];
const [c1, c2, c3] = [-0.4999985694885254, 0.041655026376247406, -0.0013585909036919475];
/** Of an angle word's lower 30 bits, centred: −π/4 … π/4. */
const toAngle = fround(Math.PI / 2 ** 31);

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/**
 * ln u of a normal positive float, every step rounded to f32: exponent and a polynomial over a mantissa in [2/3, 4/3).
 * |error| < 1.8e-7 plus half an ulp.
 */
export function ln(u: number): number {
  float[0] = u;
  const shifted = (bits[0]! - 0x3f2aaaab) | 0;
  bits[0] = (shifted & 0x7fffff) + 0x3f2aaaab;
  const f = fround(float[0]! - 1);
  let q = fround(fround(l7 * f) + l6);
  q = fround(fround(q * f) + l5);
  q = fround(fround(q * f) + l4);
  q = fround(fround(q * f) + l3);
  q = fround(fround(q * f) + l2);
  q = fround(fround(q * f) + l1);
  q = fround(fround(q * f) + l0);
  return fround(fround((shifted >> 23) * ln2) + fround(q * f));
}

/** ln u of a random word, u = (⌊word / 2⌋ + ½) · 2⁻³¹ in [2⁻³², 1]: never above 0. */
export const lnUniform = (word: number): number => ln(fround(fround(fround(word >>> 1) + 0.5) * toUnit));

/** Next output of lane `at` of the state whose words lie `lanes` apart. */
export function nextWord(state: Int32Array, at: number): number {
  const b = state[at + lanes]!;
  const c = state[at + 2 * lanes]!;
  const n = state[at + 3 * lanes]!;
  const word = (((state[at]! + b) | 0) + n) | 0;
  state[at] = b ^ (b >>> 9);
  state[at + lanes] = (c + (c << 3)) | 0;
  state[at + 2 * lanes] = (((c << 21) | (c >>> 11)) + word) | 0;
  state[at + 3 * lanes] = (n + 1) | 0;
  return word;
}

/**
 * Box–Muller: of each eight words four make radii and four angles; the pair of lane j goes to j and j + 4. Two bits of the
 * angle word choose the quadrant (a sign and a swap of the two places), the rest an angle within ±π/4.
 */
function boxMuller(out: Float32Array, at: number, [first, word]: readonly [number, number]): void {
  const radius = fround(Math.sqrt(fround(-2 * lnUniform(first))));
  const angle = fround(fround((word & 0x3fffffff) - 0x20000000) * toAngle);
  const square = fround(angle * angle);
  let sine = fround(fround(s3 * square) + s2);
  sine = fround(fround(sine * square) + s1);
  sine = fround(fround(fround(sine * square) * angle) + angle);
  let cosine = fround(fround(c3 * square) + c2);
  cosine = fround(fround(cosine * square) + c1);
  cosine = fround(fround(cosine * square) + 1);
  const swap = (word >>> 28) & lanes;
  out[at + swap] = fround(fround(1 - 2 * (word >>> 31)) * fround(radius * cosine));
  out[at + (lanes ^ swap)] = fround(radius * sine);
}

/** `normals`, `laplaces`, `keyed` in plain TypeScript. */
export function mirrorNormals(views: () => Views): Pick<Exports, "keyed" | "normals" | "laplaces"> {
  const words = new Uint32Array(lanes);
  return {
    keyed: (state, key, a, b) => {
      const { u32 } = views();
      const [low, high, stream] = [u32[key / 4]!, u32[key / 4 + 1]!, u32[key / 4 + 2]!];
      for (let lane = 0; lane < lanes; lane++) {
        philox4x32([lane, b >>> 0, a >>> 0, stream], [low, high], words);
        for (let word = 0; word < 4; word++) u32[state / 4 + word * lanes + lane] = words[word]!;
      }
    },
    normals: (out, count, state) => {
      const { f32, i32 } = views();
      const s = i32.subarray(state / 4, state / 4 + 16);
      const end = out / 4 + ((count + 15) & ~15);
      for (let at = out / 4; at < end; at += 2 * lanes)
        for (let lane = 0; lane < lanes; lane++)
          boxMuller(f32, at + lane, [nextWord(s, lane), nextWord(s, lane)]);
    },
    laplaces: (out, count, state) => {
      const { f32, i32 } = views();
      const s = i32.subarray(state / 4, state / 4 + 16);
      for (let i = 0; i < ((count + 3) & ~3); i++) {
        const word = nextWord(s, i % lanes);
        f32[out / 4 + i] = fround(fround(2 * (word & 1) - 1) * lnUniform(word));
      }
    },
  };
}
