import { MhoError } from "./errors.ts";

/** Bytes that `count` codes of `bits` take: a bit stream, filled up to a whole byte. */
export const packedSize = (count: number, bits: number): number => Math.ceil((count * bits) / 8);

/** The fewest bits (1 … 16) of two's complement that hold every code from `min` to `max`. */
export function codeBits(min: number, max: number): number {
  let bits = 1;
  while (min < -(2 ** (bits - 1)) || max > 2 ** (bits - 1) - 1) bits++;
  return checkedBits(bits);
}

function checkedBits(bits: number): number {
  if (!Number.isInteger(bits) || bits < 1 || bits > 16)
    throw new MhoError("WIRE_RANGE", { field: "bits", value: bits, min: 1, max: 16 });
  return bits;
}

/** Codes as a stream of two's complement numbers of `bits` (1 … 16) each, least significant bit first. */
export function packCodes(codes: Int16Array, bits: number): Uint8Array {
  return packSamples(codes, codes.length, bits);
}

/**
 * Codes of several samples, `perSample` each: every sample begins at a whole byte, so that one can be cut out. WIRE_RANGE
 * where a code does not fit.
 */
export function packSamples(codes: Int16Array, perSample: number, bits: number): Uint8Array {
  const limit = 2 ** (checkedBits(bits) - 1);
  checkRange(codes, limit);
  const samples = perSample === 0 ? 0 : codes.length / perSample;
  const size = packedSize(perSample, bits);
  const out = new Uint8Array(samples * size);
  if (bits === 8) out.set(codes);
  else if (bits === 16) for (let i = 0, o = 0; i < codes.length; i++, o += 2) wide(out, o, codes[i]!);
  else
    for (let s = 0; s < samples; s++)
      packOne(codes.subarray(s * perSample, (s + 1) * perSample), bits, out, s * size);
  return out;
}

function checkRange(codes: Int16Array, limit: number): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < -limit || code >= limit)
      throw new MhoError("WIRE_RANGE", { field: `code ${i}`, value: code, min: -limit, max: limit - 1 });
  }
}

function wide(out: Uint8Array, at: number, code: number): void {
  out[at] = code;
  out[at + 1] = code >> 8;
}

function packOne(codes: Int16Array, bits: number, out: Uint8Array, start: number): void {
  const mask = 2 ** bits - 1;
  let at = start;
  let held = 0;
  let filled = 0;
  for (let i = 0; i < codes.length; i++) {
    held |= (codes[i]! & mask) << filled;
    filled += bits;
    for (; filled >= 8; filled -= 8, held >>>= 8) out[at++] = held;
  }
  if (filled > 0) out[at] = held;
}

/** The `count` codes that `packCodes` made of `bits` each, written to `into` from `at` on. */
export function unpackCodes(
  bytes: Uint8Array,
  bits: number,
  count: number,
  into: Int16Array = new Int16Array(count),
  at = 0,
): Int16Array {
  checkedBits(bits);
  if (bytes.length < packedSize(count, bits))
    throw new MhoError("WIRE_BROKEN", {
      message: "packed code",
      why: `${bytes.length} bytes do not hold ${count} codes of ${bits} bits`,
    });
  if (bits === 8) for (let i = 0; i < count; i++) into[at + i] = (bytes[i]! << 24) >> 24;
  else if (bits === 16)
    for (let i = 0; i < count; i++) into[at + i] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
  else unpackOne(bytes, bits, count, into, at);
  return into;
}

function unpackOne(bytes: Uint8Array, bits: number, count: number, into: Int16Array, start: number): void {
  const shift = 32 - bits;
  let from = 0;
  let held = 0;
  let filled = 0;
  for (let i = 0; i < count; i++) {
    for (; filled < bits; filled += 8) held |= bytes[from++]! << filled;
    into[start + i] = (held << shift) >> shift;
    held >>>= bits;
    filled -= bits;
  }
}

/** The codes that `packSamples` made of `samples` samples, one after another without gaps. */
export function unpackSamples(
  bytes: Uint8Array,
  bits: number,
  shape: { samples: number; perSample: number },
  into: Int16Array = new Int16Array(shape.samples * shape.perSample),
  at = 0,
): Int16Array {
  const size = packedSize(shape.perSample, bits);
  if ((shape.perSample * bits) % 8 === 0)
    return unpackCodes(bytes, bits, shape.samples * shape.perSample, into, at);
  for (let s = 0; s < shape.samples; s++)
    unpackCodes(
      bytes.subarray(s * size, (s + 1) * size),
      bits,
      shape.perSample,
      into,
      at + s * shape.perSample,
    );
  return into;
}
