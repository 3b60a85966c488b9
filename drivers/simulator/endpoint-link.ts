import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  type LinkFigures,
  parseLine,
  type Refused,
  refusals,
} from "#protocol";
import { frameOf, lineOf, toText } from "../session/index.ts";

export type Listener = {
  /** A request, whichever mode it came in. */
  frame(frame: Frame): void;
  /** A word of text mode, or a line that holds nothing. */
  word(word: "help" | "text" | "binary"): void;
  refused(refused: Refused): void;
};

/** A request that names itself as text takes up to this many characters for each byte of its frame. */
const textGrowth = 4;

const noFigures = (): { -readonly [K in keyof LinkFigures]: number } => ({
  framesIn: 0,
  framesOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  discarded: 0,
  crcErrors: 0,
  duplicates: 0,
});

/**
 * Bytes to requests and replies to bytes, as firmware would: one receive buffer, in which the mode says whether 0x0A or
 * 0x00 ends something. `toText` is obeyed in both modes, wherever it stands.
 */
export class EndpointLink {
  mode: "text" | "binary" = "text";
  readonly #maxFrame: number;
  readonly #listener: Listener;
  #decoder: FrameDecoder;
  #line = "";
  #overlong = false;
  #tail: Uint8Array = new Uint8Array(0);
  #figures = noFigures();

  constructor(maxFrame: number, listener: Listener) {
    this.#maxFrame = maxFrame;
    this.#listener = listener;
    this.#decoder = new FrameDecoder(maxFrame);
  }

  get figures(): LinkFigures {
    const { framesIn, crcErrors, discarded } = this.#decoder.figures;
    const own = this.#figures;
    return {
      ...own,
      framesIn: own.framesIn + framesIn,
      crcErrors: own.crcErrors + crcErrors,
      discarded: own.discarded + discarded,
    };
  }

  get #longest(): number {
    return textGrowth * this.#maxFrame;
  }

  /** Bytes of the receive buffer that are taken by something whose end has not come. */
  get pending(): number {
    return this.mode === "binary" ? this.#decoder.pending : this.#line.length;
  }

  countDuplicate(): void {
    this.#figures.duplicates++;
  }

  receive(chunk: Uint8Array): void {
    this.#figures.bytesIn += chunk.length;
    let rest = chunk;
    while (rest.length > 0) rest = this.mode === "text" ? this.#lines(rest) : this.#frames(rest);
  }

  encode(frame: Frame): Uint8Array {
    const bytes = this.mode === "binary" ? encodeFrame(frame) : ascii(lineOf(frame));
    this.#figures.framesOut++;
    return bytes;
  }

  /** Bytes that are put on the line, frames or not. */
  countSent(bytes: number): void {
    this.#figures.bytesOut += bytes;
  }

  /** Takes bytes of text mode up to a change of mode; gives back what comes after it. */
  #lines(chunk: Uint8Array): Uint8Array {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === 0x0a) this.#endLine();
      else if (byte !== 0) this.#keep(byte);
      if (this.mode === "binary") return chunk.subarray(at + 1);
    }
    return chunk.subarray(chunk.length);
  }

  #keep(byte: number): void {
    if (this.#line.length < this.#longest) this.#line += String.fromCharCode(byte);
    else this.#overlong = true;
    if (this.#overlong) this.#figures.discarded++;
  }

  #endLine(): void {
    const text = this.#line;
    const overlong = this.#overlong;
    this.#line = "";
    this.#overlong = false;
    if (overlong) this.#refuseLong(text.length);
    else this.#say(text);
  }

  #refuseLong(kept: number): void {
    this.#figures.discarded += kept;
    const facts = `a line of more than ${this.#longest} characters`;
    const values = { code: refusals.indexOf("overflow"), facts };
    this.#listener.refused({ side: "reply", name: "refused", values });
  }

  #say(text: string): void {
    const line = parseLine(text, "request");
    if (!line) return;
    if (line.side === "reply") {
      const printable = /^[\x20-\x7e]*$/.test(text);
      if (!printable || line.values.facts === "crc") this.#figures.discarded += text.length;
      if (line.values.facts === "crc") this.#figures.crcErrors++;
      if (printable) this.#listener.refused(line);
      return;
    }
    if (line.name === "help" || line.name === "text" || line.name === "binary") {
      this.#listener.word(line.name);
      return;
    }
    this.#figures.framesIn++;
    this.#listener.frame(frameOf({ ...line, name: line.name }));
  }

  #frames(chunk: Uint8Array): Uint8Array {
    const end = this.#textWordEnd(chunk);
    const upTo = end < 0 ? chunk : chunk.subarray(0, end);
    for (const frame of this.#decoder.push(upTo)) this.#listener.frame(frame);
    if (end < 0) return chunk.subarray(chunk.length);
    this.#tail = new Uint8Array(0);
    this.#listener.word("text");
    return chunk.subarray(end);
  }

  /** Where in the chunk the word that ends the session ends, also when it began in an earlier chunk; −1 if not there. */
  #textWordEnd(chunk: Uint8Array): number {
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, toText.length - 1)]);
    const across = seam.indexOf(toText);
    if (across >= 0) return across + toText.length - this.#tail.length;
    const within = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).indexOf(toText);
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-toText.length)]).subarray(1 - toText.length);
    return within < 0 ? -1 : within + toText.length;
  }

  /** Everything volatile is gone, as after a power cut. */
  restart(): void {
    this.mode = "text";
    this.#decoder = new FrameDecoder(this.#maxFrame);
    this.#line = "";
    this.#overlong = false;
    this.#tail = new Uint8Array(0);
    this.#figures = noFigures();
  }
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
