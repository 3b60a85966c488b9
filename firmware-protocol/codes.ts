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
  checkRange(codes, 2 ** (checkedBits(bits) - 1));
  const out = new Uint8Array(packedSize(codes.length, bits));
  pack(codes, bits, out);
  return out;
}

/**
 * Codes of several samples, `perSample` each: every sample begins at a whole byte, so that one can be cut out. WIRE_RANGE
 * where a code does not fit, or where the last sample is not whole.
 */
export function packSamples(codes: Int16Array, perSample: number, bits: number): Uint8Array {
  if ((perSample * checkedBits(bits)) % 8 === 0 && codes.length % perSample === 0)
    return packCodes(codes, bits);
  const rest = codes.length === 0 ? 0 : codes.length % perSample;
  if (rest !== 0)
    throw new MhoError("WIRE_RANGE", {
      field: "codes of the last sample",
      value: rest,
      min: perSample,
      max: perSample,
    });
  checkRange(codes, 2 ** (checkedBits(bits) - 1));
  const size = packedSize(perSample, bits);
  const samples = codes.length / perSample;
  const out = new Uint8Array(samples * size);
  for (let s = 0; s < samples; s++)
    pack(codes.subarray(s * perSample, (s + 1) * perSample), bits, out.subarray(s * size, (s + 1) * size));
  return out;
}

function checkRange(codes: Int16Array, limit: number): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < -limit || code >= limit)
      throw new MhoError("WIRE_RANGE", { field: `code ${i}`, value: code, min: -limit, max: limit - 1 });
  }
}

function pack(codes: Int16Array, bits: number, out: Uint8Array): void {
  if (bits === 8) out.set(codes);
  else if (bits === 12) packTwelve(codes, out);
  else if (bits === 16) packWords(codes, out);
  else packAny(codes, bits, out);
}

function packWords(codes: Int16Array, out: Uint8Array): void {
  for (let i = 0, at = 0; i < codes.length; i++) {
    out[at++] = codes[i]!;
    out[at++] = codes[i]! >> 8;
  }
}

/** Two codes in three bytes. */
function packTwelve(codes: Int16Array, out: Uint8Array): void {
  let at = 0;
  for (let i = 0; i < codes.length; i += 2) {
    const a = codes[i]!;
    const b = i + 1 < codes.length ? codes[i + 1]! : 0;
    out[at++] = a;
    out[at++] = ((a >> 8) & 0x0f) | (b << 4);
    out[at++] = b >> 4; // past the end where there is no second code: a typed array drops it
  }
}

function packAny(codes: Int16Array, bits: number, out: Uint8Array): void {
  const mask = 2 ** bits - 1;
  let at = 0;
  let held = 0;
  let filled = 0;
  for (let i = 0; i < codes.length; i++) {
    held |= (codes[i]! & mask) << filled;
    filled += bits;
    for (; filled >= 8; filled -= 8, held >>>= 8) out[at++] = held;
  }
  if (filled > 0) out[at] = held;
}

/**
 * The `count` codes that `packCodes` made of `bits` each, written to `into` from `at` on. WIRE_BROKEN where bytes are
 * missing.
 */
export function unpackCodes(
  bytes: Uint8Array,
  bits: number,
  count: number,
  into: Int16Array = new Int16Array(count),
  at = 0,
): Int16Array {
  const needed = packedSize(count, checkedBits(bits));
  if (bytes.length < needed) {
    const why = `${bytes.length} bytes do not hold ${count} codes of ${bits} bits`;
    throw new MhoError("WIRE_BROKEN", { message: "packed code", why });
  }
  if (bits === 8) for (let i = 0; i < count; i++) into[at + i] = (bytes[i]! << 24) >> 24;
  else if (bits === 16)
    for (let i = 0; i < count; i++) into[at + i] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
  else if (bits === 12) unpackTwelve(bytes, into.subarray(at, at + count));
  else unpackAny(bytes, bits, into.subarray(at, at + count));
  return into;
}

function unpackTwelve(bytes: Uint8Array, into: Int16Array): void {
  const pairs = into.length >> 1;
  let from = 0;
  for (let i = 0; i < 2 * pairs; i += 2, from += 3) {
    const middle = bytes[from + 1]!;
    into[i] = ((bytes[from]! | (middle << 8)) << 20) >> 20;
    into[i + 1] = (((middle >> 4) | (bytes[from + 2]! << 4)) << 20) >> 20;
  }
  if (into.length > 2 * pairs) into[2 * pairs] = ((bytes[from]! | (bytes[from + 1]! << 8)) << 20) >> 20;
}

function unpackAny(bytes: Uint8Array, bits: number, into: Int16Array): void {
  const shift = 32 - bits;
  let from = 0;
  let held = 0;
  let filled = 0;
  for (let i = 0; i < into.length; i++) {
    for (; filled < bits; filled += 8) held |= bytes[from++]! << filled;
    into[i] = (held << shift) >> shift;
    held >>>= bits;
    filled -= bits;
  }
}

/** The codes that `packSamples` made of `samples` samples, one after another without gaps. */
export function unpackSamples(
  bytes: Uint8Array,
  bits: number,
  { samples, perSample }: { readonly samples: number; readonly perSample: number },
  into: Int16Array = new Int16Array(samples * perSample),
  at = 0,
): Int16Array {
  if ((perSample * checkedBits(bits)) % 8 === 0)
    return unpackCodes(bytes, bits, samples * perSample, into, at);
  const size = packedSize(perSample, bits);
  for (let s = 0; s < samples; s++)
    unpackCodes(bytes.subarray(s * size, (s + 1) * size), bits, perSample, into, at + s * perSample);
  return into;
}
