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

export function writer(capacity = 256): Writer {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), at: 0 };
}

export function reader(bytes: Uint8Array, message: string): Reader {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), message, at: 0 };
}

/** Moves on by `size` bytes, growing the payload where needed; returns where they begin. */
export function give(to: Writer, size: number): number {
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
export function take(from: Reader, size: number): number {
  const at = from.at;
  if (at + size > from.bytes.length)
    throw new MhoError("WIRE_BROKEN", {
      message: from.message,
      why: `it ends ${at + size - from.bytes.length} bytes early`,
    });
  from.at = at + size;
  return at;
}

/** A word of a text line that is not what its field wants. */
export const malformed = (name: string, word: string, wanted: string): MhoError =>
  new MhoError("WIRE_BROKEN", { message: "text", why: `${name} is ${word}, not ${wanted}` });
