import {
  crc32c,
  type Descriptor,
  decodeMessage,
  encodeMessage,
  type Frame,
  frameOverhead,
  idOf,
  itemsPerChunk,
  MhoError,
  type Reply,
  type Request,
  type StreamName,
} from "#protocol";
import type { Session } from "./session/index.ts";

/** Passes in a row that may bring nothing new before a board counts as silent. */
const fruitless = 8;

/** A request whose answer comes as items in numbered chunks. */
export interface Stream<N extends StreamName> {
  readonly what: N;
  readonly values: Request<N>;
  readonly items: number;
  /** Bytes of an item. */
  readonly size: number;
  /** Takes `count` items that came, from number `first` on; each item once. */
  readonly take: (items: Uint8Array, first: number, count: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Streams a request to its end, asking again for chunks that went missing. Gives the end record of each pass that had one.
 * Rejects with BOARD_SILENT after passes that brought nothing, WIRE_BROKEN where what came is not what was sent.
 */
export async function readStream<N extends StreamName>(
  session: Session,
  board: Descriptor,
  stream: Stream<N>,
): Promise<Reply<N>[]> {
  const chunks = new Chunks(board, stream);
  const { what, values, signal } = stream;
  let room = 0; // the first pass names no chunk: it asks for all
  const ends: Reply<N>[] = [];
  const onEvent = (frame: Frame): void => chunks.take(frame);
  for (let left = fruitless; left > 0; ) {
    const before = chunks.missing;
    const asked = chunks.nextPass(room);
    const end = await session.pass(what, { ...values, chunks: asked }, { onEvent, signal });
    if (end) ends.push(end);
    if (end && chunks.complete(end)) return ends;
    session.countGaps(chunks.missingItems);
    room = roomOf(board, what, values);
    left = chunks.missing < before ? fruitless : left - 1;
  }
  throw new MhoError("BOARD_SILENT", {
    url: session.url,
    what: `${what} in ${fruitless} passes`,
    seconds: session.waited,
  });
}

/** Chunk numbers that fit a request beside its other fields. */
const roomOf = <N extends StreamName>(board: Descriptor, what: N, values: Request<N>): number =>
  Math.floor((board.maxFrame - frameOverhead - encodeMessage(what, "request", values).length) / 2);

/** Which chunks of a stream have come. The first copy of a chunk counts; a board may read it anew for the second. */
class Chunks {
  missing: number;
  readonly #stream: Pick<Stream<StreamName>, "what" | "items" | "size" | "take">;
  readonly #perChunk: number;
  readonly #here: Uint8Array;
  /** The pass underway: what was asked for (none: all), how much of it came without a gap, and the CRC of that. */
  #pass: { asked: readonly number[]; came: number; crc: number } = { asked: [], came: 0, crc: 0 };

  constructor(
    board: Descriptor,
    stream: { what: StreamName; items: number; size: number; take: Stream<StreamName>["take"] },
  ) {
    this.#stream = stream;
    this.#perChunk = itemsPerChunk(board.maxFrame, stream.size);
    this.missing = Math.ceil(stream.items / this.#perChunk);
    this.#here = new Uint8Array(this.missing);
  }

  get missingItems(): number {
    return Math.min(this.missing * this.#perChunk, this.#stream.items);
  }

  /** Chunks to ask for next, at most `room`: none means all. Where only the end record is missing, the last chunk. */
  nextPass(room: number): readonly number[] {
    const total = this.#here.length;
    const asked: number[] = [];
    if (this.missing < total)
      for (let chunk = 0; chunk < total && asked.length < room; chunk++)
        if (!this.#here[chunk]) asked.push(chunk);
    if (this.missing === 0) asked.push(total - 1);
    this.#pass = { asked, came: 0, crc: 0 };
    return asked;
  }

  take(frame: Frame): void {
    if (frame.id !== idOf("chunk", "reply")) return;
    const { chunk, items } = decodeMessage("chunk", "reply", frame.payload);
    const stream = this.#stream;
    const count = Math.min(this.#perChunk, stream.items - chunk * this.#perChunk);
    if (count <= 0 || items.length !== count * stream.size)
      throw new MhoError("WIRE_BROKEN", {
        message: stream.what,
        why: `its chunk ${chunk} holds ${items.length} bytes`,
      });
    const pass = this.#pass;
    if (chunk === (pass.asked[pass.came] ?? pass.came)) {
      pass.came++;
      pass.crc = crc32c(items, pass.crc);
    }
    if (this.#here[chunk]) return;
    this.#here[chunk] = 1;
    this.missing--;
    stream.take(items, chunk * this.#perChunk, count);
  }

  /** Whether nothing is missing. A pass that came whole must have the CRC that the board reckoned while it read. */
  complete(end: Reply<StreamName>): boolean {
    if (this.#pass.came === end.chunks && this.#pass.crc !== end.crc)
      throw new MhoError("WIRE_BROKEN", {
        message: this.#stream.what,
        why: "its items do not have the CRC of its end record",
      });
    return this.missing === 0;
  }
}
