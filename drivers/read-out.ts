import {
  codeBits,
  crc32c,
  type Descriptor,
  decodeMessage,
  type Frame,
  idOf,
  MhoError,
  packedSize,
  packSamples,
  type ReadOutRequest,
  type Reply,
  type Request,
  samplesPerChunk,
  unpackSamples,
} from "#protocol";
import type { Session } from "./session/index.ts";

/** Header of a frame (8), its CRC (4), and the fields of a read-out request that are not input codes. */
const requestHead = 12 + 24;
/** Passes in a row that may bring nothing new before a board counts as silent. */
const fruitless = 8;

/** What one request of a read-out asks for, and where its samples go. */
export interface Part {
  readonly vectors: { readonly first: number; readonly count: number };
  readonly repeats: { readonly first: number; readonly count: number };
  readonly cols: { readonly first: number; readonly count: number };
}

/** Parts that each fit the board's frame and the 65535 chunks of a request, in the order of the samples. */
export function partsOf(board: Descriptor, { area, vectors, repeats }: ReadOutRequest): Part[] {
  const size = packedSize(area.rows, codeBits(board.dac.min, board.dac.max));
  const room = board.maxFrame - requestHead;
  if (size > room)
    throw new MhoError("WIRE_RANGE", {
      field: "rows of a read-out",
      value: area.rows,
      min: 1,
      max: Math.floor((room * area.rows) / size),
    });
  const cols = Math.min(area.cols, Math.floor(((board.maxFrame - 24) * 8) / board.adc.bits));
  const samples = 0xffff * samplesPerChunk(board.maxFrame, cols, board.adc.bits);
  const repeatsAtOnce = Math.min(repeats, 0xffff, samples);
  const vectorsAtOnce =
    repeatsAtOnce < repeats
      ? 1
      : Math.max(1, Math.min(vectors, 0xffff, Math.floor(room / size), Math.floor(samples / repeats)));
  return spans(vectors, vectorsAtOnce).flatMap((v) =>
    spans(repeats, repeatsAtOnce).flatMap((r) =>
      spans(area.cols, cols).map((c) => ({ vectors: v, repeats: r, cols: c })),
    ),
  );
}

function spans(total: number, most: number): { first: number; count: number }[] {
  const cut = [];
  for (let first = 0; first < total; first += most) cut.push({ first, count: Math.min(most, total - first) });
  return cut;
}

/** Reads one part out, asks again for chunks that went missing, and writes its codes where they belong. */
export async function readPart(
  session: Session,
  board: Descriptor,
  whole: ReadOutRequest,
  part: Part,
  codes: Int16Array,
): Promise<void> {
  const request = requestOf(board, whole, part);
  const chunks = new Chunks(board, whole, part, codes);
  const room = Math.floor((board.maxFrame - requestHead - request.inputs.length) / 2);
  for (let left = fruitless; left > 0; ) {
    const before = chunks.missing;
    const asked = chunks.nextPass(room);
    const onEvent = (frame: Frame): void => chunks.take(frame);
    const end = await session.pass({ ...request, chunks: asked }, { onEvent, signal: whole.signal });
    if (end && chunks.complete(end)) return;
    session.countGaps(chunks.missingSamples);
    left = chunks.missing < before ? fruitless : left - 1;
  }
  throw new MhoError("BOARD_SILENT", {
    url: session.url,
    what: `readOut in ${fruitless} passes`,
    seconds: session.waited,
  });
}

function requestOf(
  board: Descriptor,
  { area, range, codes, repeats, firstSample }: ReadOutRequest,
  part: Part,
): Request<"readOut"> {
  const { vectors, cols } = part;
  const driven = codes.subarray(vectors.first * area.rows, (vectors.first + vectors.count) * area.rows);
  return {
    ...area,
    col: area.col + cols.first,
    cols: cols.count,
    range,
    vectors: vectors.count,
    repeats: part.repeats.count,
    firstSample: firstSample + vectors.first * repeats + part.repeats.first,
    inputs: packSamples(driven, area.rows, codeBits(board.dac.min, board.dac.max)),
    chunks: [],
  };
}

/** Which chunks of a part have come. The first copy of a chunk counts; a board may read it anew for the second. */
class Chunks {
  missing: number;
  readonly #board: Descriptor;
  readonly #into: {
    readonly codes: Int16Array;
    readonly first: number;
    readonly cols: number;
    readonly part: Part;
  };
  readonly #perChunk: number;
  readonly #samples: number;
  readonly #here: Uint8Array;
  /** The pass underway: what was asked for (none: all), how much of it came without a gap, and the CRC of that. */
  #pass: { asked: readonly number[]; came: number; crc: number } = { asked: [], came: 0, crc: 0 };

  constructor(board: Descriptor, { area, repeats }: ReadOutRequest, part: Part, codes: Int16Array) {
    this.#board = board;
    this.#into = { codes, first: part.vectors.first * repeats + part.repeats.first, cols: area.cols, part };
    this.#perChunk = samplesPerChunk(board.maxFrame, part.cols.count, board.adc.bits);
    this.#samples = part.vectors.count * part.repeats.count;
    this.missing = Math.ceil(this.#samples / this.#perChunk);
    this.#here = new Uint8Array(this.missing);
  }

  get missingSamples(): number {
    return Math.min(this.missing * this.#perChunk, this.#samples);
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
    if (frame.id !== idOf("readOutChunk", "reply")) return;
    const { chunk, codes } = decodeMessage("readOutChunk", "reply", frame.payload);
    const count = Math.min(this.#perChunk, this.#samples - chunk * this.#perChunk);
    if (codes.length !== count * packedSize(this.#into.part.cols.count, this.#board.adc.bits))
      throw new MhoError("WIRE_BROKEN", {
        message: "readOutChunk",
        why: `chunk ${chunk} holds ${codes.length} bytes`,
      });
    const pass = this.#pass;
    if (chunk === (pass.asked[pass.came] ?? pass.came)) {
      pass.came++;
      pass.crc = crc32c(codes, pass.crc);
    }
    if (this.#here[chunk]) return;
    this.#here[chunk] = 1;
    this.missing--;
    this.#write(codes, chunk * this.#perChunk, count);
  }

  #write(packed: Uint8Array, sample: number, samples: number): void {
    const { codes, first, cols, part } = this.#into;
    const perSample = part.cols.count;
    const at = (first + sample) * cols;
    if (perSample === cols)
      return void unpackSamples(packed, this.#board.adc.bits, { samples, perSample }, codes, at);
    const narrow = unpackSamples(packed, this.#board.adc.bits, { samples, perSample });
    for (let s = 0; s < samples; s++)
      codes.set(narrow.subarray(s * perSample, (s + 1) * perSample), at + s * cols + part.cols.first);
  }

  /** Whether nothing is missing. A pass that came whole must have the CRC that the board reckoned while it read. */
  complete(end: Reply<"readOut">): boolean {
    if (this.#pass.came === end.chunks && this.#pass.crc !== end.crc)
      throw new MhoError("WIRE_BROKEN", {
        message: "readOut",
        why: "its codes do not have the CRC of its end record",
      });
    return this.missing === 0;
  }
}
