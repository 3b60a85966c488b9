import { packedSize, packSamples, unpackCodes } from "./codes.ts";
import { MhoError } from "./errors.ts";

/**
 * Codes of one input vector without its zeros: one bit a code, least significant first, set where it is not 0; then those
 * codes packed in `bits` each. A dense vector costs one bit a code more than packed, a picture on a dark ground a third.
 */
export function packSparse(codes: Int16Array, bits: number): Uint8Array {
  const head = packedSize(codes.length, 1);
  const out = new Uint8Array(head + packedSize(codes.length, bits));
  const present = new Int16Array(codes.length);
  let count = 0;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] === 0) continue;
    out[i >> 3]! |= 1 << (i & 7);
    present[count++] = codes[i]!;
  }
  const packed = packSamples(present.subarray(0, count), count, bits, out.subarray(head));
  return out.subarray(0, head + packed.length);
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
