import { MhoError } from "#protocol";

/** A place in the bytes of a pickle. Every read is checked, so that a cut file is an error with its position, never a guess. */
export class Cursor {
  readonly path: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at: number;

  constructor(bytes: Uint8Array, path: string, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.path = path;
    this.at = at;
  }

  fault(why: string): MhoError<"PICKLE_BROKEN"> {
    return new MhoError("PICKLE_BROKEN", { path: this.path, at: this.at, why });
  }

  /** Steps over `count` bytes and says where they were. */
  #step(count: number): number {
    const at = this.at;
    if (count > this.#bytes.length - at) {
      throw this.fault(`${count} bytes should follow, but ${this.#bytes.length - at} do`);
    }
    this.at += count;
    return at;
  }

  bytes(count: number): Uint8Array {
    const at = this.#step(count);
    return this.#bytes.subarray(at, at + count);
  }

  u8 = (): number => this.#view.getUint8(this.#step(1));
  u16 = (): number => this.#view.getUint16(this.#step(2), true);
  u32 = (): number => this.#view.getUint32(this.#step(4), true);
  i32 = (): number => this.#view.getInt32(this.#step(4), true);
  /** A length of 64 bits; no file is longer than a double counts exactly. */
  u64 = (): number => Number(this.#view.getBigUint64(this.#step(8), true));
  f64 = (): number => this.#view.getFloat64(this.#step(8), false);

  utf8 = (length: number): string => Buffer.from(this.bytes(length)).toString("utf8");
  latin1 = (length: number): string => Buffer.from(this.bytes(length)).toString("latin1");

  /** Text up to the next line feed. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.fault("a line has no end");
    const text = this.utf8(end - this.at);
    this.at = end + 1;
    return text;
  }

  /** A whole number in two's complement, least byte first; exact, or a bigint where a double would not be. */
  long(length: number): number | bigint {
    const digits = Buffer.from(this.bytes(length)).reverse().toString("hex");
    const value = digits === "" ? 0n : BigInt.asIntN(8 * length, BigInt(`0x${digits}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
}
