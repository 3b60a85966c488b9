import {
  type CodeSums,
  type Descriptor,
  itemSize,
  type MomentReport,
  type ReadOutReport,
  type ReadOutRequest,
  unpackSums,
} from "#protocol";
import { type Part, requestOf } from "./read-out.ts";
import type { Session } from "./session/index.ts";
import { readStream } from "./stream.ts";

export type Sums = CodeSums & { saturated: number };

/** Has the board sum up one part, and adds its sums where they belong. */
export async function sumPart(
  session: Session,
  board: Descriptor,
  whole: ReadOutRequest,
  part: Part,
  into: Sums,
): Promise<void> {
  const { area, signal } = whole;
  const { cols, vectors } = part;
  const size = itemSize.readMoments(cols.count);
  const ends = await readStream(session, board, {
    what: "readMoments",
    values: requestOf(board, whole, part),
    items: vectors.count,
    size,
    signal,
    take: (items, first, count) => {
      const { sums, squares } = unpackSums(items);
      for (let v = 0, from = 0; v < count; v++)
        for (let j = 0; j < cols.count; j++, from++) {
          const to = (vectors.first + first + v) * area.cols + cols.first + j;
          into.sums[to]! += sums[from]!;
          into.squares[to]! += squares[from]!;
        }
    },
  });
  for (const end of ends) into.saturated += end.saturated;
}

/** The sums of a board that cannot add: from all its codes. */
export function sumsOf(
  { codes, saturated }: ReadOutReport,
  { area: { cols }, vectors, repeats }: ReadOutRequest,
): Sums {
  const into = {
    sums: new Float64Array(vectors * cols),
    squares: new Float64Array(vectors * cols),
    saturated,
  };
  for (let at = 0; at < codes.length; at++) {
    const to = Math.floor(at / (repeats * cols)) * cols + (at % cols);
    into.sums[to]! += codes[at]!;
    into.squares[to]! += codes[at]! ** 2;
  }
  return into;
}

/** Means, and variances without bias (NaN of one repeat), of sums over `repeats` codes. */
export function momentsOf({ sums, squares, saturated }: Sums, repeats: number): MomentReport {
  const means = sums.map((sum) => sum / repeats);
  // The sums are whole numbers below 2^53, so nothing is lost in this difference but by its own rounding.
  const variances = squares.map((square, i) => (square - sums[i]! * means[i]!) / (repeats - 1));
  return { means, variances, saturated };
}
