import { stuffedSize } from "./cobs.ts";
import { tableHash } from "./codec.ts";
import { MhoError } from "./errors.ts";
import { kernels, plain, u8, view, wire } from "./kernels/index.ts";
import { messages } from "./messages.ts";

/** One unit of binary mode. Numbers are the session's: PROTOCOL.md §4 says what they mean on each side. */
export interface Frame {
  readonly id: number;
  readonly flags: number;
  readonly seq: number;
  readonly re: number;
  readonly credits: number;
  readonly payload: Uint8Array;
}
/** Set on the board's frame that closes the request `re`: its reply or its refusal. */
export const flagLast = 1;
/** `re` of a board frame that belongs to no request. */
export const noRequest = 0xffff;
/** Bytes of a frame that are not payload, before stuffing: header 8, CRC 4. */
export const frameOverhead = 12;
/** The greatest `maxFrame` that a board can announce. */
export const frameLimit = 0xffff;

const headerSize = 8;
/** Hello is understood by every version, so it alone does not carry the table in its CRC. */
const seedOf = (id: number): number => ((id & 0x7f) === messages.hello.id ? 0 : tableHash);

/** The frame's bytes on the wire: stuffed, the delimiter 0x00 at the end. */
export function encodeFrame(frame: Frame): Uint8Array {
  const size = headerSize + frame.payload.length;
  if (size + 4 > frameLimit)
    throw new MhoError("WIRE_RANGE", {
      field: "payload bytes",
      value: frame.payload.length,
      min: 0,
      max: frameLimit - frameOverhead,
    });
  view.setUint8(plain, frame.id);
  view.setUint8(plain + 1, frame.flags);
  view.setUint16(plain + 2, frame.seq, true);
  view.setUint16(plain + 4, frame.re, true);
  view.setUint16(plain + 6, frame.credits, true);
  u8.set(frame.payload, plain + headerSize);
  const crcAt = plain + size;
  view.setUint32(crcAt, kernels.crc(plain, crcAt, seedOf(frame.id)), true);
  const end = kernels.stuff(plain, crcAt + 4, wire);
  u8[end] = 0;
  return u8.slice(wire, end + 1);
}

/**
 * Frames out of a byte stream that may be cut anywhere and hold anything. Takes time linear in the bytes and holds one
 * frame of at most `maxFrame` bytes (header, payload and CRC); what is longer is dropped up to the next delimiter.
 * A damaged frame passes as whole with probability 2^-32.
 */
export class FrameDecoder {
  readonly #held: Uint8Array;
  /** Payload of the frame in hand. */
  #payload: Uint8Array = new Uint8Array(0);
  #length = 0;
  #overlong = false;
  #figures = { framesIn: 0, bytesIn: 0, crcErrors: 0, discarded: 0 };

  constructor(maxFrame = frameLimit) {
    this.#held = new Uint8Array(stuffedSize(maxFrame));
  }

  /** Counts since the start; `discarded` are bytes of no frame, `crcErrors` frames that arrived damaged. */
  get figures(): Readonly<{ framesIn: number; bytesIn: number; crcErrors: number; discarded: number }> {
    return this.#figures;
  }

  /** Bytes held back because their frame is not over. */
  get pending(): number {
    return this.#length;
  }

  /** Takes the next bytes; gives the frames that they complete. Payloads are the caller's. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    this.each(chunk, (frame) => frames.push(kept(frame)));
    return frames;
  }

  /** Takes the next bytes and hands on the frames that they complete, each with a payload that holds until `hear` returns. */
  each(chunk: Uint8Array, hear: (frame: Frame) => void): void {
    this.#figures.bytesIn += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      const found = chunk.indexOf(0, at);
      const piece = chunk.subarray(at, found < 0 ? chunk.length : found);
      if (found < 0) this.#keep(piece);
      else this.#close(this.#whole(piece), hear);
      at += piece.length + 1;
    }
  }

  #keep(piece: Uint8Array): void {
    if (this.#overlong || this.#length + piece.length > this.#held.length) {
      this.#figures.discarded += this.#length + piece.length;
      this.#length = 0;
      this.#overlong = true;
      return;
    }
    this.#held.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** What stands between two delimiters; nothing where it is too long. What came in one piece is not copied. */
  #whole(last: Uint8Array): Uint8Array {
    if (this.#length === 0 && !this.#overlong && last.length <= this.#held.length) return last;
    this.#keep(last);
    const whole = this.#held.subarray(0, this.#length);
    this.#length = 0;
    this.#overlong = false;
    return whole;
  }

  #close(stuffed: Uint8Array, hear: (frame: Frame) => void): void {
    if (stuffed.length === 0) return;
    const frame = this.#opened(stuffed);
    if (typeof frame === "object") {
      this.#figures.framesIn++;
      hear(frame);
      return;
    }
    this.#figures.discarded += stuffed.length;
    if (frame === "damaged") this.#figures.crcErrors++;
  }

  #opened(stuffed: Uint8Array): Frame | "garbage" | "damaged" {
    u8.set(stuffed, wire);
    const end = kernels.unstuff(wire, wire + stuffed.length, plain);
    if (end < plain + frameOverhead) return "garbage";
    const id = u8[plain]!;
    const crcAt = end - 4;
    if (kernels.crc(plain, crcAt, seedOf(id)) >>> 0 !== view.getUint32(crcAt, true)) return "damaged";
    const size = crcAt - plain - headerSize;
    if (size > this.#payload.length) this.#payload = new Uint8Array(Math.min(this.#held.length, 2 * size));
    this.#payload.set(u8.subarray(plain + headerSize, crcAt));
    return {
      id,
      flags: u8[plain + 1]!,
      seq: view.getUint16(plain + 2, true),
      re: view.getUint16(plain + 4, true),
      credits: view.getUint16(plain + 6, true),
      payload: this.#payload.subarray(0, size),
    };
  }
}

/** A frame that outlives the moment it was heard in. */
export const kept = (frame: Frame): Frame => ({ ...frame, payload: frame.payload.slice() });
