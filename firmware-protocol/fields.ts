import { MhoError } from "./errors.ts";

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
  at: number;
}

/** One kind of value on the wire: little-endian, its size known or announced before it. */
export interface Field<T> {
  /** Name in PROTOCOL.md, e.g. `u16`, `text(32)`, `list(i16)`. */
  readonly wire: string;
  /** Bytes of a value, or of the shortest one where the length varies. */
  readonly size: number;
  /** C declaration of a field `name`; what varies in length comes as a count and a pointer. */
  readonly c: (name: string) => string;
  encode(to: Writer, value: T, name: string): void;
  decode(from: Reader): T;
}

export function writer(capacity = 256): Writer {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}

export function reader(bytes: Uint8Array): Reader {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
}

function room(to: Writer, size: number): void {
  if (to.at + size <= to.bytes.length) return;
  const grown = new Uint8Array(Math.max(to.bytes.length * 2, to.at + size));
  grown.set(to.bytes.subarray(0, to.at));
  to.bytes = grown;
  to.view = new DataView(grown.buffer);
}

function take(from: Reader, size: number): number {
  const at = from.at;
  if (at + size > from.bytes.length)
    throw new MhoError("WIRE_BROKEN", { message: "received", why: `it ends ${at + size - from.bytes.length} bytes early` });
  from.at = at + size;
  return at;
}

type Scalar = "Uint8" | "Uint16" | "Uint32" | "Int8" | "Int16" | "Int32";

function integer(wire: string, kind: Scalar, size: number, min: number, max: number): Field<number> {
  return {
    wire,
    size,
    c: (name) => `${wire.startsWith("u") ? "u" : ""}int${size * 8}_t ${name};`,
    encode(to, value, name) {
      if (!Number.isInteger(value) || value < min || value > max)
        throw new MhoError("WIRE_RANGE", { field: name, value, min, max });
      room(to, size);
      to.view[`set${kind}`](to.at, value, true);
      to.at += size;
    },
    decode: (from) => from.view[`get${kind}`](take(from, size), true),
  };
}

export const u8 = integer("u8", "Uint8", 1, 0, 0xff);
export const u16 = integer("u16", "Uint16", 2, 0, 0xffff);
export const u32 = integer("u32", "Uint32", 4, 0, 0xffff_ffff);
export const i16 = integer("i16", "Int16", 2, -0x8000, 0x7fff);
export const i32 = integer("i32", "Int32", 4, -0x8000_0000, 0x7fff_ffff);

/** Unsigned 64 bit, held as a number: exact to 2^53 (ticks of 1 GHz for 104 days; of 1 MHz for 285 years). */
export const u64: Field<number> = {
  wire: "u64",
  size: 8,
  c: (name) => `uint64_t ${name};`,
  encode(to, value, name) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new MhoError("WIRE_RANGE", { field: name, value, min: 0, max: Number.MAX_SAFE_INTEGER });
    room(to, 8);
    to.view.setBigUint64(to.at, BigInt(value), true);
    to.at += 8;
  },
  decode: (from) => Number(from.view.getBigUint64(take(from, 8), true)),
};

/** IEEE single in SI units; scales and sensor values only, never a device state (those are counts). */
export const f32: Field<number> = {
  wire: "f32",
  size: 4,
  c: (name) => `float ${name};`,
  encode(to, value, name) {
    if (!Number.isFinite(value)) throw new MhoError("WIRE_RANGE", { field: name, value, min: "-3.4e38", max: "3.4e38" });
    room(to, 4);
    to.view.setFloat32(to.at, value, true);
    to.at += 4;
  },
  decode: (from) => from.view.getFloat32(take(from, 4), true),
};

/** Printable ASCII, a length byte before it. */
export function text(max: number): Field<string> {
  return {
    wire: `text(${max})`,
    size: 1,
    c: (name) => `uint8_t ${name}_length; const char *${name};`,
    encode(to, value, name) {
      if (value.length > max || /[^\x20-\x7e]/.test(value))
        throw new MhoError("WIRE_RANGE", { field: name, value, min: "0 characters", max: `${max} printable ASCII` });
      room(to, 1 + value.length);
      to.bytes[to.at++] = value.length;
      for (let i = 0; i < value.length; i++) to.bytes[to.at++] = value.charCodeAt(i);
    },
    decode(from) {
      const length = from.view.getUint8(take(from, 1));
      const at = take(from, length);
      return String.fromCharCode(...from.bytes.subarray(at, at + length));
    },
  };
}

/** Raw bytes, a u16 length before them. The decoded array is a view into the payload: copy it to keep it. */
export const bytes: Field<Uint8Array> = {
  wire: "bytes",
  size: 2,
  c: (name) => `uint16_t ${name}_length; const uint8_t *${name};`,
  encode(to, value, name) {
    u16.encode(to, value.length, name);
    room(to, value.length);
    to.bytes.set(value, to.at);
    to.at += value.length;
  },
  decode(from) {
    const length = u16.decode(from);
    const at = take(from, length);
    return from.bytes.subarray(at, at + length);
  },
};

/** A u16 count, then that many values. */
export function list(of: Field<number>): Field<ArrayLike<number>> {
  return {
    wire: `list(${of.wire})`,
    size: 2,
    c: (name) => `uint16_t ${name}_count; const ${of.c(`*${name}`)}`,
    encode(to, values, name) {
      u16.encode(to, values.length, name);
      room(to, values.length * of.size);
      for (let i = 0; i < values.length; i++) of.encode(to, values[i]!, name);
    },
    decode(from) {
      const count = u16.decode(from);
      if (from.at + count * of.size > from.bytes.length) take(from, count * of.size);
      return Array.from({ length: count }, () => of.decode(from));
    },
  };
}
