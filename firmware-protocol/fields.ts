import { MhoError } from "./errors.ts";
import { type Field, give, malformed, take } from "./field.ts";
import { base64, bytesOfBase64, quoted, unquoted } from "./notation.ts";
import { type NumberField, u16 } from "./numbers.ts";

export { type Field, reader, type Writer, writer } from "./field.ts";
export { f32, i16, u8, u16, u32, u64 } from "./numbers.ts";

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
