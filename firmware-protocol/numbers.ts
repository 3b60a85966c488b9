import { MhoError } from "./errors.ts";
import { type Field, give, malformed, take } from "./field.ts";
import { shortestSingle } from "./notation.ts";

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int16Array | Float32Array | Float64Array;
/** A field of fixed size that holds one number. */
export interface NumberField extends Field<number> {
  check(value: number, name: string): number;
  /** Makes the array that a list of these decodes to. */
  readonly array: (length: number) => Numbers;
}

interface Scalar {
  readonly wire: string;
  readonly size: number;
  readonly min: number;
  readonly max: number;
  readonly array: (length: number) => Numbers;
  readonly set: (view: DataView, at: number, value: number) => void;
  readonly get: (view: DataView, at: number) => number;
}

function integer({ wire, size, min, max, set, get, array }: Scalar): NumberField {
  const check = (value: number, name: string): number => {
    if (!Number.isInteger(value) || value < min || value > max)
      throw new MhoError("WIRE_RANGE", { field: name, value, min, max });
    return value;
  };
  return {
    wire,
    size,
    array,
    check,
    encode: (to, value, name) => {
      check(value, name);
      const at = give(to, size);
      set(to.view, at, value);
    },
    decode: (from) => get(from.view, take(from, size)),
    show: (value, name) => String(check(value, name) + 0),
    parse(word, name) {
      if (!/^([+-]?\d+|0x[\da-f]+)$/i.test(word)) throw malformed(name, word, "a whole number");
      return check(Number(word), name);
    },
  };
}

export const u8 = integer({
  wire: "u8",
  size: 1,
  min: 0,
  max: 0xff,
  array: (n) => new Uint8Array(n),
  set: (v, at, x) => v.setUint8(at, x),
  get: (v, at) => v.getUint8(at),
});
export const u16 = integer({
  wire: "u16",
  size: 2,
  min: 0,
  max: 0xffff,
  array: (n) => new Uint16Array(n),
  set: (v, at, x) => v.setUint16(at, x, true),
  get: (v, at) => v.getUint16(at, true),
});
export const u32 = integer({
  wire: "u32",
  size: 4,
  min: 0,
  max: 0xffff_ffff,
  array: (n) => new Uint32Array(n),
  set: (v, at, x) => v.setUint32(at, x, true),
  get: (v, at) => v.getUint32(at, true),
});
export const i16 = integer({
  wire: "i16",
  size: 2,
  min: -0x8000,
  max: 0x7fff,
  array: (n) => new Int16Array(n),
  set: (v, at, x) => v.setInt16(at, x, true),
  get: (v, at) => v.getInt16(at, true),
});
/**
 * Unsigned 64 bit, held as a number: exact to 2^53 (ticks of 1 GHz for 104 days; of 1 MHz for 285 years). WIRE_BROKEN
 * for a value above, rather than a rounded one.
 */
export const u64 = integer({
  wire: "u64",
  size: 8,
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  array: (n) => new Float64Array(n),
  set: (v, at, x) => {
    v.setUint32(at, x, true);
    v.setUint32(at + 4, x / 2 ** 32, true);
  },
  get: (v, at) => {
    const value = v.getUint32(at + 4, true) * 2 ** 32 + v.getUint32(at, true);
    if (value > Number.MAX_SAFE_INTEGER)
      throw new MhoError("WIRE_BROKEN", { message: "u64", why: `${value} is above 2^53` });
    return value;
  },
});

const singleMax = 3.4028234663852886e38;
/** IEEE single in SI units; scales and sensor values only, never a device state (those are counts). */
export const f32: NumberField = {
  wire: "f32",
  size: 4,
  array: (length) => new Float32Array(length),
  check(value, name) {
    if (!Number.isFinite(Math.fround(value)))
      throw new MhoError("WIRE_RANGE", { field: name, value, min: -singleMax, max: singleMax });
    return value;
  },
  encode(to, value, name) {
    f32.check(value, name);
    const at = give(to, 4);
    to.view.setFloat32(at, value, true);
  },
  decode(from) {
    const value = from.view.getFloat32(take(from, 4), true);
    if (!Number.isFinite(value))
      throw new MhoError("WIRE_BROKEN", {
        message: from.message,
        why: `it holds ${value} where a number belongs`,
      });
    return value;
  },
  show: (value, name) => shortestSingle(f32.check(value, name)),
  parse(word, name) {
    const value = Number(word);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) throw malformed(name, word, "a number");
    return Math.fround(f32.check(value, name));
  },
};
