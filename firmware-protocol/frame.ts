import { stuff, stuffedSize, unstuff } from "./cobs.ts";
import { tableHash } from "./codec.ts";
import { crc32c } from "./crc.ts";
import { MhoError } from "./errors.ts";
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
  const raw = new Uint8Array(size + 4);
  const view = new DataView(raw.buffer);
  view.setUint8(0, frame.id);
  view.setUint8(1, frame.flags);
  view.setUint16(2, frame.seq, true);
  view.setUint16(4, frame.re, true);
  view.setUint16(6, frame.credits, true);
  raw.set(frame.payload, headerSize);
  view.setUint32(size, crc32c(raw.subarray(0, size), seedOf(frame.id)), true);
  const wire = new Uint8Array(stuffedSize(raw.length) + 1);
  return wire.subarray(0, stuff(raw, wire) + 1);
}

/**
 * Frames out of a byte stream that may be cut anywhere and hold anything. Takes time linear in the bytes and holds one
 * frame of at most `maxFrame` bytes (header, payload and CRC); what is longer is dropped up to the next delimiter.
 * A damaged frame passes as whole with probability 2^-32.
 */
export class FrameDecoder {
  readonly #held: Uint8Array;
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

  /** Takes the next bytes; gives the frames that they complete. Payloads do not alias `chunk`. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    this.#figures.bytesIn += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      const found = chunk.indexOf(0, at);
      const end = found < 0 ? chunk.length : found;
      this.#keep(chunk, at, end);
      if (found >= 0) this.#close(frames);
      at = end + 1;
    }
    return frames;
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.#overlong || this.#length + size > this.#held.length) {
      this.#figures.discarded += this.#length + size;
      this.#length = 0;
      this.#overlong = true;
      return;
    }
    this.#held.set(chunk.subarray(start, end), this.#length);
    this.#length += size;
  }

  #close(frames: Frame[]): void {
    const size = this.#length;
    this.#length = 0;
    if (this.#overlong || size === 0) {
      this.#overlong = false;
      return;
    }
    const raw = new Uint8Array(size);
    const length = unstuff(this.#held, raw, 0, size);
    const frame = length < frameOverhead ? "garbage" : parsed(raw.subarray(0, length));
    if (typeof frame === "object") {
      this.#figures.framesIn++;
      frames.push(frame);
      return;
    }
    this.#figures.discarded += size;
    if (frame === "damaged") this.#figures.crcErrors++;
  }
}

function parsed(raw: Uint8Array): Frame | "damaged" {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const size = raw.length - 4;
  const id = raw[0]!;
  if (crc32c(raw.subarray(0, size), seedOf(id)) !== view.getUint32(size, true)) return "damaged";
  return {
    id,
    flags: raw[1]!,
    seq: view.getUint16(2, true),
    re: view.getUint16(4, true),
    credits: view.getUint16(6, true),
    payload: raw.subarray(headerSize, size),
  };
}
