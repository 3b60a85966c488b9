import { give, take } from "./field.ts";
import { reader, writer } from "./fields.ts";
import { f32, i16, u8, u16 } from "./numbers.ts";

/** Writes the numbers of a plan one after another, little-endian. */
export function planWriter() {
  const to = writer(4096);
  const all =
    (kind: typeof u8) =>
    (...values: readonly number[]): void => {
      for (const value of values) kind.encode(to, value, "number of a plan");
    };
  const lists =
    (kind: typeof u8) =>
    (values: ArrayLike<number>): void => {
      for (let i = 0; i < values.length; i++) kind.encode(to, values[i]!, "number of a plan");
    };
  return {
    u8: all(u8),
    u16: all(u16),
    i16: all(i16),
    i16s: lists(i16),
    f32s: lists(f32),
    /** Zeros up to a multiple of 4 bytes. */
    align: (): void => {
      while (to.at % 4 !== 0) to.bytes[give(to, 1)] = 0;
    },
    bytes: (): Uint8Array => to.bytes.slice(0, to.at),
  };
}

/** Reads them back; each throws WIRE_BROKEN where the bytes end early. */
export function planReader(bytes: Uint8Array) {
  const from = reader(bytes, "plan");
  const list =
    <T extends Float32Array | Int16Array>(kind: typeof u8, make: (count: number) => T) =>
    (count: number): T => {
      if (from.at + count * kind.size > bytes.length) take(from, count * kind.size);
      const values = make(count);
      for (let i = 0; i < count; i++) values[i] = kind.decode(from);
      return values;
    };
  return {
    u8: (): number => u8.decode(from),
    u16: (): number => u16.decode(from),
    i16: (): number => i16.decode(from),
    f32s: list(f32, (count) => new Float32Array(count)),
    i16s: list(i16, (count) => new Int16Array(count)),
    align: (): void => {
      take(from, -from.at & 3);
    },
    /** Throws WIRE_BROKEN where bytes are left over. */
    end: (): void => {
      if (from.at !== bytes.length) take(from, bytes.length + 1);
    },
  };
}
