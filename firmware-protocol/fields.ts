import { MhoError } from "./errors.ts";
import { base64, bytesOfBase64, quoted, shortestSingle, unquoted } from "./notation.ts";

/** Where an encoder stands in a growing payload. */
export interface Writer {
  bytes: Uint8Array;
  view: DataView;
  at: number;
}
/** Where a decoder stands in a payload that it does not own. */
export interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly message: string;
  at: number;
}

/** One kind of value in both modes: little-endian bytes, its size known or announced before it; a word of a text line. */
export interface Field<T> {
  /** Name in PROTOCOL.md, e.g. `u16`, `text(32)`, `list(i16)`. */
  readonly wire: string;
  /** Bytes of a value, or of the shortest one where the length varies. */
  readonly size: number;
  encode(to: Writer, value: T, name: string): void;
  decode(from: Reader): T;
  show(value: T, name: string): string;
  parse(word: string, name: string): T;
}
type Numbers = Uint8Array | Uint16Array | Uint32Array | Int16Array | Float32Array | Float64Array;
interface NumberField extends Field<number> {
  check(value: number, name: string): number;
  /** Makes the array that a list of these decodes to. */
  readonly array: (length: number) => Numbers;
}

export function writer(capacity = 256): Writer {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}

export function reader(bytes: Uint8Array, message: string): Reader {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), message, at: 0 };
}

/** Moves on by `size` bytes, growing the payload where needed; returns where they begin. */
function give(to: Writer, size: number): number {
  const at = to.at;
  to.at = at + size;
  if (to.at <= to.bytes.length) return at;
  const grown = new Uint8Array(Math.max(to.bytes.length * 2, to.at));
  grown.set(to.bytes.subarray(0, at));
  to.bytes = grown;
  to.view = new DataView(grown.buffer);
  return at;
}

/** Moves on by `size` bytes; returns where they begin. */
function take(from: Reader, size: number): number {
  const at = from.at;
  if (at + size > from.bytes.length)
    throw new MhoError("WIRE_BROKEN", {
      message: from.message,
      why: `it ends ${at + size - from.bytes.length} bytes early`,
    });
  from.at = at + size;
  return at;
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

const malformed = (name: string, word: string, wanted: string): MhoError =>
  new MhoError("WIRE_BROKEN", { message: "text", why: `${name} is ${word}, not ${wanted}` });

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

/** Printable ASCII, a length byte before it; in text mode quoted where it holds more than a plain word. */
export function text(max: number): Field<string> {
  const check = (value: string, name: string): string => {
    if (value.length > max || /[^\x20-\x7e]/.test(value))
      throw new MhoError("WIRE_RANGE", {
        field: name,
        value: JSON.stringify(value),
        min: "0 characters",
        max: `${max} printable ASCII`,
      });
    return value;
  };
  return {
    wire: `text(${max})`,
    size: 1,
    encode(to, value, name) {
      check(value, name);
      let at = give(to, 1 + value.length);
      to.bytes[at++] = value.length;
      for (let i = 0; i < value.length; i++) to.bytes[at++] = value.charCodeAt(i);
    },
    decode(from) {
      const length = from.view.getUint8(take(from, 1));
      const at = take(from, length);
      const value = String.fromCharCode(...from.bytes.subarray(at, at + length));
      if (length > max || /[^\x20-\x7e]/.test(value))
        throw new MhoError("WIRE_BROKEN", {
          message: from.message,
          why: `a text of it is not ${max} printable ASCII`,
        });
      return value;
    },
    show: (value, name) => quoted(check(value, name)),
    parse(word, name) {
      const value = unquoted(word);
      if (value === undefined) throw malformed(name, word, "one quoted text");
      return check(value, name);
    },
  };
}

/** Raw bytes, a u16 length before them; in text mode base64. The decoded array is a view into the payload: copy it to keep it. */
export const bytes: Field<Uint8Array> = {
  wire: "bytes",
  size: 2,
  encode(to, value, name) {
    u16.encode(to, value.length, `length of ${name}`);
    const at = give(to, value.length);
    to.bytes.set(value, at);
  },
  decode(from) {
    const length = u16.decode(from);
    const at = take(from, length);
    return from.bytes.subarray(at, at + length);
  },
  show(value, name) {
    u16.check(value.length, `length of ${name}`);
    return base64(value);
  },
  parse(word, name) {
    const value = bytesOfBase64(word);
    if (!value) throw malformed(name, word, "base64");
    u16.check(value.length, `length of ${name}`);
    return value;
  },
};

/** A u16 count, then that many values, which decode to a typed array; in text mode joined by commas, `-` for none. */
export function list(of: NumberField): Field<ArrayLike<number>> {
  return {
    wire: `list(${of.wire})`,
    size: 2,
    encode(to, values, name) {
      u16.encode(to, values.length, `count of ${name}`);
      for (let i = 0; i < values.length; i++) of.encode(to, values[i]!, name);
    },
    decode(from) {
      const count = u16.decode(from);
      if (from.at + count * of.size > from.bytes.length) take(from, count * of.size);
      const values = of.array(count);
      for (let i = 0; i < count; i++) values[i] = of.decode(from);
      return values;
    },
    show(values, name) {
      u16.check(values.length, `count of ${name}`);
      return values.length === 0 ? "-" : Array.from(values, (value) => of.show(value, name)).join();
    },
    parse(word, name) {
      const words = word === "-" ? [] : word.split(",");
      const values = of.array(u16.check(words.length, `count of ${name}`));
      for (let i = 0; i < words.length; i++) values[i] = of.parse(words[i]!, name);
      return values;
    },
  };
}

/** The kinds of field, for PROTOCOL.md. */
export const fieldKinds = [
  ["u8 u16 u32 u64", "unsigned, little-endian (a u64 stays below 2^53)"],
  ["i16", "two's complement"],
  ["f32", "IEEE single, never NaN or infinite"],
  ["text(n)", "a length byte, then at most n bytes of printable ASCII"],
  ["bytes", "a u16 length, then the bytes"],
  ["list(kind)", "a u16 count, then the values"],
] as const;
