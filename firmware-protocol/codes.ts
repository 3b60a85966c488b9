import { MhoError } from "./errors.ts";
import { i16, kernels, plain, room, u8, wire } from "./kernels/index.ts";

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
 * where a code does not fit, or where the last sample is not whole. Lies in `into`, where one is given.
 */
export function packSamples(
  codes: Int16Array,
  perSample: number,
  bits: number,
  into?: Uint8Array,
): Uint8Array {
  const rest = codes.length === 0 ? 0 : codes.length % perSample;
  if (rest !== 0)
    throw new MhoError("WIRE_RANGE", {
      field: "codes of the last sample",
      value: rest,
      min: perSample,
      max: perSample,
    });
  const samples = codes.length === 0 ? 0 : codes.length / perSample;
  const size = samples * packedSize(perSample, checkedBits(bits));
  const out = into?.subarray(0, size) ?? new Uint8Array(size);
  for (const run of runsOf(samples, perSample, bits)) {
    i16.set(codes.subarray(run.code, run.code + run.samples * run.codes), plain / 2);
    if (kernels.pack(plain, run.samples, run.codes, bits, wire) !== 0) refuse(codes, 2 ** (bits - 1));
    out.set(u8.subarray(wire, wire + run.bytes), run.byte);
  }
  return out;
}

function refuse(codes: Int16Array, limit: number): never {
  const at = codes.findIndex((code) => code < -limit || code >= limit);
  throw new MhoError("WIRE_RANGE", { field: `code ${at}`, value: codes[at]!, min: -limit, max: limit - 1 });
}

/** Codes that the kernels take at once, from a whole byte to a whole byte. */
interface Run {
  /** First code and first packed byte. */
  readonly code: number;
  readonly byte: number;
  readonly samples: number;
  /** Of each sample. */
  readonly codes: number;
  /** Of all samples. */
  readonly bytes: number;
}

/** Codes that the kernels' memory holds. */
const most = room / 2;

/** Cuts samples into runs that fit the kernels' memory: several samples, or pieces of one that is too long. */
function runsOf(samples: number, perSample: number, bits: number): Run[] {
  if (samples > 1 && (perSample * bits) % 8 === 0) return runsOf(1, samples * perSample, bits);
  const size = packedSize(perSample, bits);
  const atOnce = Math.max(1, Math.floor(most / Math.max(1, perSample)));
  const runs: Run[] = [];
  for (let sample = 0; sample < samples; sample += atOnce)
    for (let first = 0; first < perSample; first += most) {
      const codes = Math.min(most, perSample - first);
      const count = Math.min(atOnce, samples - sample);
      runs.push({
        code: sample * perSample + first,
        byte: sample * size + (first * bits) / 8,
        samples: count,
        codes,
        bytes: count * packedSize(codes, bits),
      });
    }
  return runs;
}

/** The `count` codes that `packCodes` made of `bits` each. WIRE_BROKEN where bytes are missing. */
export function unpackCodes(bytes: Uint8Array, bits: number, count: number): Int16Array {
  return unpackSamples(bytes, bits, { samples: 1, perSample: count });
}

interface Shape {
  readonly samples: number;
  readonly perSample: number;
}

/** The codes that `packSamples` made of `samples` samples, one after another without gaps. WIRE_BROKEN where bytes are missing. */
export function unpackSamples(bytes: Uint8Array, bits: number, shape: Shape): Int16Array {
  const codes = new Int16Array(shape.samples * shape.perSample);
  unpackInto(codes, 0, bytes, bits, shape);
  return codes;
}

/**
 * Writes the codes to `codes` from `at` on; returns how many of them are the least or the greatest that `bits` hold, as
 * those of a saturated converter are. WIRE_BROKEN where bytes are missing.
 */
export function unpackInto(
  codes: Int16Array,
  at: number,
  bytes: Uint8Array,
  bits: number,
  { samples, perSample }: Shape,
): number {
  if (bytes.length < samples * packedSize(perSample, checkedBits(bits))) {
    const why = `${bytes.length} bytes do not hold ${samples * perSample} codes of ${bits} bits`;
    throw new MhoError("WIRE_BROKEN", { message: "packed code", why });
  }
  let ends = 0;
  for (const run of runsOf(samples, perSample, bits)) {
    u8.set(bytes.subarray(run.byte, run.byte + run.bytes), wire);
    ends += kernels.unpack(wire, run.samples, run.codes, bits, plain);
    codes.set(i16.subarray(plain / 2, plain / 2 + run.samples * run.codes), at + run.code);
  }
  return ends;
}
