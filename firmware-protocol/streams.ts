import type { Descriptor } from "./board.ts";
import { codeBits, packedSize } from "./codes.ts";
import { MhoError } from "./errors.ts";
import { frameOverhead } from "./frame.ts";
import type { StreamName } from "./messages.ts";

/** Payload bytes of a `chunk` that are not items: chunk u16, ticks u64, count u16. */
export const chunkHead = 12;
/** Bytes of one column in an item of `readMoments`: the sum of its codes i32, the sum of their squares u64. */
const momentSize = 12;

/** Bits of a packed input code of a board. */
export const inputBits = ({ dac }: Pick<Descriptor, "dac">): number => codeBits(dac.min, dac.max);

/** Bytes of one item of a stream: `cols` codes of `bits` packed, or their sums. */
export const itemSize = {
  readOut: packedSize,
  forward: packedSize,
  readMoments: (cols: number) => momentSize * cols,
} as const satisfies Record<StreamName, (cols: number, bits: number) => number>;

/** Bytes that the items of one chunk may take. */
export const itemRoom = (maxFrame: number): number => maxFrame - frameOverhead - chunkHead;

/**
 * Items in each chunk of a stream but the last: as many as a frame holds. Both sides reckon it, so that a chunk number says
 * which items it holds. WIRE_RANGE where a frame holds none.
 */
export function itemsPerChunk(maxFrame: number, size: number): number {
  const room = itemRoom(maxFrame);
  if (size > room)
    throw new MhoError("WIRE_RANGE", { field: "bytes of a stream's item", value: size, min: 1, max: room });
  return Math.floor(room / size);
}

/** Sums of the codes of some columns, and of their squares. */
export interface CodeSums {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, length);

/** Sums as items of `readMoments`, written to `items`: i32, then u64, a column; little-endian. */
export function packSums({ sums, squares }: CodeSums, items: Uint8Array): void {
  const view = viewOf(items);
  for (let i = 0, at = 0; i < sums.length; i++, at += momentSize) {
    view.setInt32(at, sums[i]!, true);
    view.setUint32(at + 4, squares[i]! % 2 ** 32, true);
    view.setUint32(at + 8, squares[i]! / 2 ** 32, true);
  }
}

/** The sums in items of `readMoments`. */
export function unpackSums(items: Uint8Array): CodeSums {
  const view = viewOf(items);
  const count = items.length / momentSize;
  const [sums, squares] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0, at = 0; i < count; i++, at += momentSize) {
    sums[i] = view.getInt32(at, true);
    squares[i] = view.getUint32(at + 4, true) + view.getUint32(at + 8, true) * 2 ** 32;
  }
  return { sums, squares };
}
