import {
  type Area,
  type Capability,
  type CrossbarBoard,
  type ErrorCode,
  inSiemens,
  isMhoError,
  type ProgramRequest,
  type ReadOutRequest,
  siemens,
} from "#protocol";
import { must } from "./must.ts";

/** One thing that every board owes, and how it is seen. It throws, or rejects, where it is not kept. */
export interface Obligation {
  readonly needs: readonly Capability[];
  readonly holds: (board: CrossbarBoard) => Promise<void>;
}

/** Asserts that a call rejects with one of these codes. */
export async function expectRejection(call: Promise<unknown>, ...codes: ErrorCode[]): Promise<void> {
  const error = await call.then(
    () => "nothing: it resolved",
    (reason: unknown) => reason,
  );
  must.oneOf(isMhoError(error) ? error.code : error, codes, "what the call rejected with");
}

/** An area in a corner of the last tile, at most so large. */
export function corner({ descriptor }: CrossbarBoard, rows: number, cols: number): Area {
  const [r, c] = [Math.min(rows, descriptor.rows), Math.min(cols, descriptor.cols)];
  return { tile: descriptor.tiles - 1, row: descriptor.rows - r, col: descriptor.cols - c, rows: r, cols: c };
}

/** A programming of `area` to `share(cell)` of the conductance range, cell by cell in the order of the targets. */
export function programming(
  { descriptor }: CrossbarBoard,
  area: Area,
  share: (cell: number) => number,
): ProgramRequest {
  const { min, max } = descriptor.conductance;
  const targets = Float64Array.from(
    { length: area.rows * area.cols },
    (_, i) => min + (max - min) * share(i),
  );
  return { area, targets: inSiemens(targets), tolerance: siemens((max - min) / 20), maxPulses: 200 };
}

/** A read-out of `area` whose vectors drive every row at `share(vector)` of the converter's range. */
export function reading(
  { descriptor }: CrossbarBoard,
  area: Area,
  so: { vectors: number; repeats: number; share: (vector: number) => number },
): ReadOutRequest {
  const { vectors, repeats, share } = so;
  const codes = new Int16Array(vectors * area.rows);
  for (let i = 0; i < codes.length; i++)
    codes[i] = Math.round(descriptor.dac.max * share(Math.floor(i / area.rows)));
  return { area, range: descriptor.adc.ranges.length - 1, codes, vectors, repeats, firstSample: 0 };
}
