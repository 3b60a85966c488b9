import { MhoError } from "#protocol";

const checkBits = (bits: number): void => {
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 15))
    throw new MhoError("OUT_OF_MODEL", { what: "bits of an input", value: bits, range: "1 … 15" });
};

/** Plane `bit` of signed input codes: −1, 0 or 1 where that bit of the magnitude is set. */
export function bitPlane(codes: Int16Array, bit: number): Int8Array {
  return Int8Array.from(codes, (code) => Math.sign(code) * ((Math.abs(code) >> bit) & 1));
}

/**
 * A read-out with its inputs one bit at a time: `read` is asked for each plane, from the lowest, and draws its own noise.
 *
 *   y = Σ_k 2^k · read(plane k)      codes within ± (2^bits − 1), 1 … 15 bits
 *
 * Source: Bonnet et al., Nat. Commun. (2023); reference/physics.md §C2.
 */
export function bitSerial(
  codes: Int16Array,
  bits: number,
  read: (plane: Int8Array, bit: number) => Float64Array,
): Float64Array {
  checkBits(bits);
  const largest = codes.reduce((max, code) => Math.max(max, Math.abs(code)), 0);
  if (largest >= 2 ** bits)
    throw new MhoError("OUT_OF_MODEL", { what: "input code", value: largest, range: `± ${2 ** bits - 1}` });
  let total = new Float64Array(0);
  for (let bit = 0; bit < bits; bit++) {
    const currents = read(bitPlane(codes, bit), bit);
    if (bit === 0) total = new Float64Array(currents.length);
    currents.forEach((current, j) => {
      total[j]! += 2 ** bit * current;
    });
  }
  return total;
}

/**
 * Variance of a full-scale bit-serial read-out relative to one read of the same input as a level, for noise that is new
 * in each plane.
 *
 *   Σ 4^k / (Σ 2^k)² = (2^bits + 1) / (3 (2^bits − 1))      1 for 1 bit, 21/49 for 3, 1/3 for many
 *
 * Noise that lasts from plane to plane is not lessened.
 */
export function bitSerialVariance(bits: number): number {
  checkBits(bits);
  return (2 ** bits + 1) / (3 * (2 ** bits - 1));
}
