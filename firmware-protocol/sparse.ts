import { packCodes, packedSize, unpackCodes } from "./codes.ts";
import { MhoError } from "./errors.ts";

/**
 * Codes of one input vector without its zeros: one bit a code, least significant first, set where it is not 0; then those
 * codes packed in `bits` each. A dense vector costs one bit a code more than packed, a picture on a dark ground a third.
 */
export function packSparse(codes: Int16Array, bits: number): Uint8Array {
  const present = codes.filter((code) => code !== 0);
  const head = packedSize(codes.length, 1);
  const out = new Uint8Array(head + packedSize(present.length, bits));
  for (let i = 0; i < codes.length; i++) if (codes[i] !== 0) out[i >> 3]! |= 1 << (i & 7);
  out.set(packCodes(present, bits), head);
  return out;
}

/** Takes one vector that `packSparse` made from `bytes`, beginning at `at`, into `codes`; returns where it ended. WIRE_BROKEN where bytes are missing. */
export function unpackSparse(bytes: Uint8Array, at: number, bits: number, codes: Int16Array): number {
  const head = at + packedSize(codes.length, 1);
  if (head > bytes.length)
    throw new MhoError("WIRE_BROKEN", {
      message: "sparse input",
      why: `it ends ${head - bytes.length} bytes early`,
    });
  let count = 0;
  for (let i = 0; i < codes.length; i++) count += (bytes[at + (i >> 3)]! >> (i & 7)) & 1;
  const present = unpackCodes(bytes.subarray(head), bits, count);
  for (let i = 0, next = 0; i < codes.length; i++)
    codes[i] = (bytes[at + (i >> 3)]! >> (i & 7)) & 1 ? present[next++]! : 0;
  return head + packedSize(count, bits);
}
