import { closeSync, fdatasyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { crc32c, MhoError } from "#protocol";

/** First bytes of a recording: what it is and its version. */
export const recordingMark = Buffer.from("mho recording 1\n", "latin1");

/** What a record of the file is about; its place here is its number there: append only. */
export const recordKinds = [
  "head",
  "link",
  "toBoard",
  "toHost",
  "request",
  "reply",
  "lost",
  "outcome",
] as const;
export type RecordKind = (typeof recordKinds)[number];

/** One thing that was noted: bytes or a text about link number `link`, `at` seconds after the recording began. */
export interface FileRecord {
  readonly kind: RecordKind;
  readonly link: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

const recordHead = 1 + 2 + 8 + 4;
const blockHead = 8;
/** A block is written at the latest when it holds so many bytes, and else when the event loop has turned. */
const fullBlock = 1 << 16;

/** The CRC starts from the block's number and length: a block that was moved, cut or joined does not hold. */
function sumOf(block: number, payload: Uint8Array): number {
  const about = Buffer.alloc(blockHead);
  about.writeUInt32LE(block, 0);
  about.writeUInt32LE(payload.length, 4);
  return crc32c(payload, crc32c(about));
}

function recordBytes({ kind, link, at, bytes }: FileRecord): Buffer {
  const head = Buffer.alloc(recordHead);
  head.writeUInt8(recordKinds.indexOf(kind), 0);
  head.writeUInt16LE(link, 1);
  head.writeDoubleLE(at, 3);
  head.writeUInt32LE(bytes.length, 11);
  return Buffer.concat([head, bytes]);
}

/**
 * A file that only grows, in numbered and checksummed blocks: whatever ends the program, all blocks before the last are
 * whole. What is appended is with the system after one turn of the event loop, and on the disk at `close`. A disk that
 * takes no more ends the writing, not the session: the file is cut back to its last whole block, and `failure` says why.
 */
export class RecordingFile {
  readonly path: string;
  failure: MhoError<"RECORDING_STOPPED"> | undefined;
  readonly #file: number;
  readonly #onFailure: (failure: MhoError) => void;
  #pending: Buffer[] = [];
  #size = 0;
  #blocks = 0;
  #end = recordingMark.length;
  #closed = false;

  /** Makes the file. Errors: FILE_UNWRITABLE, also where there is a file already: a recording is never written over. */
  constructor(path: string, onFailure: (failure: MhoError) => void = () => {}) {
    this.path = path;
    this.#onFailure = onFailure;
    try {
      this.#file = openSync(path, "wx");
      writeAll(this.#file, recordingMark, 0);
    } catch (cause) {
      const there = (cause as NodeJS.ErrnoException).code === "EEXIST";
      const why = there ? "it is there already, and is not written over" : (cause as Error).message;
      throw new MhoError("FILE_UNWRITABLE", { path, why }, { cause });
    }
  }

  append(record: FileRecord): void {
    if (this.failure || this.#closed) return;
    if (this.#pending.length === 0) setImmediate(() => this.#flush());
    const bytes = recordBytes(record);
    this.#pending.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= fullBlock) this.#flush();
  }

  /** Writes what is left, to the disk. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    try {
      fdatasyncSync(this.#file);
    } catch (cause) {
      this.#stop(cause as Error);
    }
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#pending.length === 0 || this.failure || this.#closed) return;
    const payload = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#size = 0;
    const head = Buffer.alloc(blockHead);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt32LE(sumOf(this.#blocks, payload), 4);
    try {
      writeAll(this.#file, Buffer.concat([head, payload]), this.#end);
      this.#end += blockHead + payload.length;
      this.#blocks++;
    } catch (cause) {
      this.#stop(cause as Error);
    }
  }

  #stop(cause: Error): void {
    try {
      ftruncateSync(this.#file, this.#end);
    } catch {} // a half block at the end is passed over by whoever reads it
    const facts = { path: this.path, kept: this.#end, why: cause.message };
    this.failure = new MhoError("RECORDING_STOPPED", facts, { cause });
    this.#onFailure(this.failure);
  }
}

/** A disk that is nearly full takes a part, and complains only at the next write. */
function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

/** What a file holds, as far as it is whole. */
export interface FileRecords {
  readonly records: readonly FileRecord[];
  readonly blocks: number;
  /** Bytes after the last whole block: of one that was being written when the program or the power ended. */
  readonly torn: number;
}

/** Reads a recording. Errors: FILE_UNREADABLE; FILE_BROKEN where it is none, or where a whole block does not hold. */
export async function readRecords(path: string): Promise<FileRecords> {
  const file = await readFile(path).catch((cause: Error) => {
    throw new MhoError("FILE_UNREADABLE", { path, why: cause.message }, { cause });
  });
  const broken = (why: string): MhoError => new MhoError("FILE_BROKEN", { path, kind: "recording", why });
  if (!file.subarray(0, recordingMark.length).equals(recordingMark))
    throw broken("it does not begin like a recording");
  const records: FileRecord[] = [];
  let at = recordingMark.length;
  let blocks = 0;
  for (; at + blockHead <= file.length; blocks++) {
    const length = file.readUInt32LE(at);
    const payload = file.subarray(at + blockHead, at + blockHead + length);
    if (length === 0 || payload.length < length) break;
    if (file.readUInt32LE(at + 4) !== sumOf(blocks, payload))
      throw broken(`block ${blocks} at byte ${at} was changed after it was written`);
    records.push(...recordsIn(payload));
    at += blockHead + length;
  }
  return { records, blocks, torn: file.length - at };
}

function* recordsIn(payload: Buffer): Generator<FileRecord> {
  for (let at = 0; at < payload.length; ) {
    const start = at + recordHead;
    const end = start + payload.readUInt32LE(at + 11);
    const kind = recordKinds[payload.readUInt8(at)];
    const bytes = payload.subarray(start, end);
    if (kind) yield { kind, link: payload.readUInt16LE(at + 1), at: payload.readDoubleLE(at + 3), bytes };
    at = end;
  }
}
