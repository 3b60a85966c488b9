const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** Upper 32 bits of the 64-bit product of two unsigned words, as an int32. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + (carry >>> 16)) | 0;
}

type Words<N extends 2 | 4> =
  | (N extends 2 ? readonly [number, number] : readonly [number, number, number, number])
  | Uint32Array;

/**
 * Philox4x32-10: four random words for a 128-bit counter and a 64-bit key, all uint32.
 * A keyed permutation: distinct counters give independent words in any order, so chance can be addressed.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11; known answers from Random123.
 */
export function philox4x32(counter: Words<4>, key: Words<2>, out = new Uint32Array(4)): Uint32Array {
  let [c0, c1, c2, c3] = [counter[0]! | 0, counter[1]! | 0, counter[2]! | 0, counter[3]! | 0];
  let k0 = key[0]! | 0;
  let k1 = key[1]! | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(M0, c0);
    const high1 = highProduct(M1, c2);
    const low0 = Math.imul(M0, c0);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}
