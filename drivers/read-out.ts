import {
  type Descriptor,
  frameOverhead,
  inputBits,
  itemRoom,
  itemSize,
  itemsPerChunk,
  MhoError,
  packedSize,
  packSamples,
  type ReadOutRequest,
  type Request,
  unpackInto,
} from "#protocol";
import type { Session } from "./session/index.ts";
import { readStream } from "./stream.ts";

/** Header and CRC of a frame, and the fields of a read-out request that are not input codes. */
const requestHead = frameOverhead + 24;

interface Span {
  readonly first: number;
  readonly count: number;
}

/** What one request of a read-out asks for, and where its items go. */
export interface Part {
  readonly vectors: Span;
  readonly repeats: Span;
  readonly cols: Span;
}

/** Parts that each fit the board's frame and the 65535 chunks of a request, in the order of the samples. */
export function partsOf(
  board: Descriptor,
  { area, vectors, repeats }: ReadOutRequest,
  what: "readOut" | "readMoments" = "readOut",
): Part[] {
  const size = packedSize(area.rows, inputBits(board));
  const room = board.maxFrame - requestHead;
  if (size > room)
    throw new MhoError("WIRE_RANGE", {
      field: "rows of a read-out",
      value: area.rows,
      min: 1,
      max: Math.floor((room * area.rows) / size),
    });
  const item = (cols: number): number => itemSize[what](cols, board.adc.bits);
  const widest = Math.floor(itemRoom(board.maxFrame) / (item(8) / 8));
  const cols = Math.min(area.cols, widest);
  const items = 0xffff * itemsPerChunk(board.maxFrame, item(cols));
  const perVector = what === "readOut" ? repeats : 1;
  const repeatsAtOnce = Math.min(repeats, 0xffff, what === "readOut" ? items : 0xffff);
  const vectorsAtOnce =
    repeatsAtOnce < repeats
      ? 1
      : Math.max(1, Math.min(vectors, 0xffff, Math.floor(room / size), Math.floor(items / perVector)));
  return spans(vectors, vectorsAtOnce).flatMap((v) =>
    spans(repeats, repeatsAtOnce).flatMap((r) =>
      spans(area.cols, cols).map((c) => ({ vectors: v, repeats: r, cols: c })),
    ),
  );
}

export function spans(total: number, most: number): Span[] {
  const cut = [];
  for (let first = 0; first < total; first += most) cut.push({ first, count: Math.min(most, total - first) });
  return cut;
}

/** The request for one part. */
export function requestOf(
  board: Descriptor,
  { area, range, codes, repeats, firstSample, zeros = 0 }: ReadOutRequest,
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
    zeros,
    inputs: packSamples(driven, area.rows, inputBits(board)),
    chunks: [],
  };
}

/** Reads one part out and writes its codes where they belong; gives how many of them are at an end of the converter's range. */
export async function readPart(
  session: Session,
  board: Descriptor,
  whole: ReadOutRequest,
  part: Part,
  codes: Int16Array,
): Promise<number> {
  const { area, repeats, signal } = whole;
  const perSample = part.cols.count;
  const { bits } = board.adc;
  const start = part.vectors.first * repeats + part.repeats.first;
  let saturated = 0;
  await readStream(session, board, {
    what: "readOut",
    values: requestOf(board, whole, part),
    items: part.vectors.count * part.repeats.count,
    size: itemSize.readOut(perSample, bits),
    signal,
    take: (packed, first, samples) => {
      const at = (start + first) * area.cols;
      const whole = perSample === area.cols;
      const narrow = whole ? codes : new Int16Array(samples * perSample);
      saturated += unpackInto(narrow, whole ? at : 0, packed, bits, { samples, perSample });
      if (whole) return;
      for (let s = 0; s < samples; s++)
        codes.set(narrow.subarray(s * perSample, (s + 1) * perSample), at + s * area.cols + part.cols.first);
    },
  });
  return saturated;
}
