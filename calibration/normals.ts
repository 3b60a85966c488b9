import { kernels, scratch } from "./kernels/wasm.ts";
import { philox4x32 } from "./philox.ts";
import { type Address, fillLane, keyOf, type Sfc32, sfc32Lane } from "./sfc32.ts";

const lanes = 4;
/** Words, and normals, of one pass: all scratch stays in the L1 cache. */
const block = 1024;
const words = new Int32Array(block);
const normals = new Float32Array(block);
const mantissas = new Float32Array(block);
const mantissaBits = new Int32Array(mantissas.buffer);
const logs = new Float32Array(block);

const { fround } = Math;
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

/**
 * logs[i] = ln u for the first `count` words, u = (⌊word / 2⌋ + ½) · 2⁻³¹ in [2⁻³², 1]; |error| < 1.8e-7 plus half an
 * ulp, never above 0. Exponent and a polynomial over a mantissa in [2/3, 4/3), every step rounded to f32. With `skip` 1
 * only every other group of four words is taken. Three plain loops: a float read back as bits at once stalls the CPU.
 */
function lnUniforms(count: number, skip: 0 | 1): void {
  for (let i = 0; i < count; i++) {
    const word = words[((i & -lanes) << skip) | (i & (lanes - 1))]!;
    mantissas[i] = fround(fround(fround(word >>> 1) + 0.5) * toUnit);
  }
  for (let i = 0; i < count; i++) {
    const shifted = (mantissaBits[i]! - 0x3f2aaaab) | 0;
    mantissaBits[i] = (shifted & 0x7fffff) + 0x3f2aaaab;
    logs[i] = fround(shifted >> 23);
  }
  for (let i = 0; i < count; i++) {
    const f = fround(mantissas[i]! - 1);
    let q = fround(fround(l7 * f) + l6);
    q = fround(fround(q * f) + l5);
    q = fround(fround(q * f) + l4);
    q = fround(fround(q * f) + l3);
    q = fround(fround(q * f) + l2);
    q = fround(fround(q * f) + l1);
    q = fround(fround(q * f) + l0);
    logs[i] = fround(fround(logs[i]! * ln2) + fround(q * f));
  }
}

/**
 * Box–Muller on the words: of each eight, four make radii and four angles; the pair of lane j goes to j and j + 4.
 * Two bits of the angle word choose the quadrant (a sign and a swap of the two places), the rest an angle within ±π/4.
 */
function boxMuller(count: number): void {
  lnUniforms(count / 2, 1);
  for (let i = 0; i < count; i += 2 * lanes)
    for (let lane = 0; lane < lanes; lane++) {
      const radius = fround(Math.sqrt(fround(-2 * logs[i / 2 + lane]!)));
      const word = words[i + lanes + lane]!;
      const angle = fround(fround((word & 0x3fffffff) - 0x20000000) * toAngle);
      const square = fround(angle * angle);
      let sine = fround(fround(s3 * square) + s2);
      sine = fround(fround(sine * square) + s1);
      sine = fround(fround(fround(sine * square) * angle) + angle);
      let cosine = fround(fround(c3 * square) + c2);
      cosine = fround(fround(cosine * square) + c1);
      cosine = fround(fround(cosine * square) + 1);
      const swap = (word >>> 28) & lanes;
      normals[i + lane + swap] = fround(fround(1 - 2 * (word >>> 31)) * fround(radius * cosine));
      normals[i + lane + (lanes ^ swap)] = fround(radius * sine);
    }
}

/** Laplace with scale 1 on the words: the lowest bit is the sign, the other 31 make an exponential. */
function inverseLaplace(count: number): void {
  lnUniforms(count, 0);
  for (let i = 0; i < count; i++) {
    const word = words[i]!;
    normals[i] = fround(fround(2 * (word & 1) - 1) * logs[i]!);
  }
}

type Kernel = "normals" | "laplaces";
const mirrors = { normals: boxMuller, laplaces: inverseLaplace } as const;

/** `fillNormals` or `fillLaplaces` in plain TypeScript, bit for bit: the kernel's oracle, and what runs without SIMD. */
export function mirrorFill(out: Float32Array, at: Address, kernel: Kernel): void {
  const keyed: Sfc32[] = [];
  for (let lane = 0; lane < lanes; lane++) keyed.push(sfc32Lane(at, lane));
  for (let done = 0; done < out.length; done += block) {
    const wanted = Math.min(block, out.length - done);
    const count = (wanted + 7) & ~7;
    for (let lane = 0; lane < lanes; lane++)
      fillLane(keyed[lane]!, words, { offset: lane, stride: lanes, count: count / lanes });
    mirrors[kernel](count);
    out.set(wanted === block ? normals : normals.subarray(0, wanted), done);
  }
}

/** Numbers a kernel makes in one call: as many as stay in the L1 cache. */
const kernelBlock = 4096;
const stateWords = 16;
const state = new Uint32Array(stateWords);
const laneState = new Uint32Array(4);

/** The four lanes' states as the kernel wants them: word by word, lane fastest. */
function keyedState(at: Address): Uint32Array {
  const key = keyOf(at.seed);
  for (let lane = 0; lane < lanes; lane++) {
    philox4x32([lane, at.b, at.a, at.stream], key, laneState);
    for (let word = 0; word < 4; word++) state[word * lanes + lane] = laneState[word]!;
  }
  return state;
}

function fill(out: Float32Array, at: Address, kernel: Kernel): void {
  if (!kernels) {
    mirrorFill(out, at, kernel);
    return;
  }
  const numbers = scratch + 4 * stateWords;
  const floats = kernels.floats(4 * (stateWords + kernelBlock));
  new Uint32Array(floats.buffer, scratch, stateWords).set(keyedState(at));
  for (let done = 0; done < out.length; done += kernelBlock) {
    const count = Math.min(kernelBlock, out.length - done);
    kernels[kernel](numbers, count, scratch);
    out.set(floats.subarray(numbers / 4, numbers / 4 + count), done);
  }
}

/**
 * Fills `out` with independent standard normals, |z| ≤ 6.66, addressed by (seed, stream, a, b): the same numbers
 * whenever and wherever it is asked. A shorter array holds the beginning of a longer one.
 * Four sfc32 lanes keyed by Philox4x32-10, then Box–Muller in f32 without fused steps, by a WASM SIMD kernel whose
 * mirror in this file gives the same bits.
 */
export function fillNormals(out: Float32Array, seed: number, stream: number, a = 0, b = 0): void {
  fill(out, { seed, stream, a, b }, "normals");
}

/** As `fillNormals`, with the Laplace density exp(−|x|)/2: mean 0, standard deviation √2, |x| ≤ 22.2. */
export function fillLaplaces(out: Float32Array, seed: number, stream: number, a = 0, b = 0): void {
  fill(out, { seed, stream, a, b }, "laplaces");
}
