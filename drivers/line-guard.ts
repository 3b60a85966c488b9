import { Transform, type TransformCallback } from "node:stream";
import { ReadlineParser } from "@serialport/parser-readline";

const newline = 0x0a;

/** What a line guard has let through and dropped. */
export interface LineFigures {
  readonly lines: number;
  /** Lines that were too long. */
  readonly droppedLines: number;
  /** Bytes of those lines, their newlines included. */
  readonly droppedBytes: number;
  /** Bytes of the line that has no newline yet; never more than the longest line allowed. */
  readonly held: number;
}

/**
 * Lets whole lines through and drops those with more than `maxLine` bytes before the newline, up to the next newline.
 * What stands behind it never waits for a newline, and so keeps nothing: readline parsers keep all that came before one,
 * and search it again with each chunk. Each byte is looked at once and copied at most once.
 */
export class LineGuard extends Transform {
  readonly #line: Uint8Array;
  #held = 0;
  #dropping = false;
  #lines = 0;
  #droppedLines = 0;
  #droppedBytes = 0;

  constructor(maxLine: number) {
    super();
    this.#line = new Uint8Array(maxLine + 1);
  }

  get figures(): LineFigures {
    return {
      lines: this.#lines,
      droppedLines: this.#droppedLines,
      droppedBytes: this.#droppedBytes,
      held: this.#held,
    };
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, at));
      this.#endLine();
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
    done();
  }

  #keep(part: Uint8Array): void {
    if (!this.#dropping && this.#held + part.length < this.#line.length) {
      this.#line.set(part, this.#held);
      this.#held += part.length;
      return;
    }
    if (!this.#dropping) this.#droppedLines += 1;
    this.#dropping = true;
    this.#droppedBytes += this.#held + part.length;
    this.#held = 0;
  }

  #endLine(): void {
    if (this.#dropping) {
      this.#droppedBytes += 1;
      this.#dropping = false;
      return;
    }
    this.#line[this.#held] = newline;
    this.push(Buffer.from(this.#line.subarray(0, this.#held + 1)));
    this.#lines += 1;
    this.#held = 0;
  }
}

export interface LineReader {
  /** Takes a chunk as a transport gives it: `transport.onData(reader.push)`. */
  readonly push: (chunk: Uint8Array) => void;
  readonly figures: LineFigures;
}

/**
 * Reads lines of text from chunks cut anywhere: one call a line, latin1 (a byte a character), without its `\n` or `\r\n`;
 * empty lines are left out. Lines come in order, some of them only after `push` has returned.
 */
export function lineReader(onLine: (line: string) => void, maxLine = 16_384): LineReader {
  const guard = new LineGuard(maxLine);
  const parser = guard.pipe(new ReadlineParser({ encoding: "latin1" }));
  // In flowing mode: read in any other way, the parser joins lines that wait.
  parser.on("data", (line: string) => onLine(line.endsWith("\r") ? line.slice(0, -1) : line));
  return {
    push: (chunk) => void guard.write(chunk),
    get figures() {
      return guard.figures;
    },
  };
}
