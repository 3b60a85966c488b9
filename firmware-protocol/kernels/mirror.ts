import { stuff, unstuff } from "../cobs.ts";
import type { WireKernels } from "./index.ts";

/** Reflected form of the Castagnoli polynomial 0x1EDC6F41. */
const polynomial = 0x82f6_3b78;

/** Remainder of each byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let r = byte;
  for (let bit = 0; bit < 8; bit++) r = r & 1 ? (r >>> 1) ^ polynomial : r >>> 1;
  return r;
});

/** The kernels of assembly/ in plain TypeScript on `memory`, with the same bytes: for hosts without WASM SIMD, and as their oracle. */
export function mirrorKernels(memory: ArrayBuffer): WireKernels {
  const u8 = new Uint8Array(memory);
  const i16 = new Int16Array(memory);

  /** One sample, least significant bit first; the codes that do not fit leave a bit in what it returns. */
  const packOne = (from: number, count: number, bits: number, out: number): number => {
    let wrong = 0;
    let held = 0;
    let filled = 0;
    for (let i = from / 2; i < from / 2 + count; i++) {
      const code = i16[i]!;
      wrong |= code ^ ((code << (32 - bits)) >> (32 - bits));
      held |= (code & (2 ** bits - 1)) << filled;
      for (filled += bits; filled >= 8; filled -= 8, held >>>= 8) u8[out++] = held;
    }
    if (filled > 0) u8[out] = held;
    return wrong;
  };

  /** One sample; returns how many of its codes are the least or the greatest that `bits` hold. */
  const unpackOne = (from: number, count: number, bits: number, out: number): number => {
    const greatest = 2 ** (bits - 1) - 1;
    let ends = 0;
    let held = 0;
    let filled = 0;
    for (let i = out / 2; i < out / 2 + count; i++) {
      for (; filled < bits; filled += 8) held |= u8[from++]! << filled;
      i16[i] = (held << (32 - bits)) >> (32 - bits);
      if (i16[i] === greatest || i16[i] === ~greatest) ends++;
      held >>>= bits;
      filled -= bits;
    }
    return ends;
  };

  return {
    crc: (from, end, seed) => {
      let sum = ~seed;
      for (let at = from; at < end; at++) sum = (sum >>> 8) ^ remainders[(sum ^ u8[at]!) & 0xff]!;
      return ~sum;
    },
    stuff: (from, end, out) => stuff(u8.subarray(from, end), u8, out),
    unstuff: (from, end, out) => {
      const size = unstuff(u8, u8.subarray(out), from, end);
      return size < 0 ? 0 : out + size;
    },
    pack: (from, samples, perSample, bits, out) => {
      const size = Math.ceil((perSample * bits) / 8);
      let wrong = 0;
      for (let s = 0; s < samples; s++)
        wrong |= packOne(from + 2 * s * perSample, perSample, bits, out + s * size);
      return Number(wrong !== 0);
    },
    unpack: (from, samples, perSample, bits, out) => {
      const size = Math.ceil((perSample * bits) / 8);
      let ends = 0;
      for (let s = 0; s < samples; s++)
        ends += unpackOne(from + s * size, perSample, bits, out + 2 * s * perSample);
      return ends;
    },
  };
}
