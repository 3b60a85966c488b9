import { type Area, type CrossbarBoard, inSiemens, type ProgramReport, type Siemens } from "#protocol";
import type { Chunk } from "./chunks.ts";
import type { Finished } from "./journal.ts";

export interface Programming {
  readonly tolerance: Siemens;
  readonly maxPulses: number;
  readonly signal: AbortSignal | undefined;
  /** Cells of the chunk that are done. */
  readonly onProgress: (done: number) => void;
}

export type Outcome = Omit<Finished, "chunk" | "boot">;

/** Reads of each cell whose mean stands for its conductance. */
export const readBackRepeats = 4;

/** What each cell of an area reads, the mean of four reads, row by row. */
export async function readBack(
  board: CrossbarBoard,
  area: Area,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const reads = await board.readCells(area, readBackRepeats, signal);
  const cells = area.rows * area.cols;
  return Float64Array.from({ length: cells }, (_, k) => {
    let sum = 0;
    for (let r = 0; r < readBackRepeats; r++) sum += reads[r * cells + k]!;
    return sum / readBackRepeats;
  });
}

function counted({ outcomes, pulses }: ProgramReport): Outcome {
  const of = (wanted: readonly string[]): number =>
    outcomes.filter((outcome) => wanted.includes(outcome)).length;
  const settled = of(["settled"]);
  return {
    settled,
    notSettled: of(["notSettled", "aborted"]),
    stuck: of(["stuck"]),
    pulses: pulses.reduce((sum, count) => sum + count, 0),
  };
}

const targetsOf = (chunk: Chunk, targets: Float32Array): Float64Array =>
  Float64Array.from(chunk.cells, (place) => targets[place]!);

function request(area: Area, targets: Float64Array, { tolerance, maxPulses, signal }: Programming) {
  return { area, targets: inSiemens(targets), tolerance, maxPulses, ...(signal ? { signal } : {}) };
}

/** Programs a whole chunk. */
export async function programChunk(
  board: CrossbarBoard,
  chunk: Chunk,
  targets: Float32Array,
  how: Programming,
): Promise<Outcome> {
  const wanted = request(chunk.area, targetsOf(chunk, targets), how);
  return counted(await board.program({ ...wanted, onProgress: how.onProgress }));
}

/** Stretches of neighbouring cells in one row for which `bad` holds. */
function* stretches(area: Area, bad: (cell: number) => boolean): Generator<{ area: Area; first: number }> {
  for (let row = 0; row < area.rows; row++) {
    for (let col = 0; col < area.cols; ) {
      const from = col;
      while (col < area.cols && bad(row * area.cols + col)) col++;
      if (col > from)
        yield {
          area: { tile: area.tile, row: area.row + row, col: area.col + from, rows: 1, cols: col - from },
          first: row * area.cols + from,
        };
      else col++;
    }
  }
}

/** Programs those cells of a chunk that read, in `read`, outside the tolerance; the others count as settled. */
export async function mendChunk(
  board: CrossbarBoard,
  chunk: Chunk,
  wanted: { targets: Float32Array; read: Float64Array },
  how: Programming,
): Promise<Outcome> {
  const goals = targetsOf(chunk, wanted.targets);
  const off = (cell: number): boolean => Math.abs(wanted.read[cell]! - goals[cell]!) > how.tolerance;
  const total = { settled: goals.length, notSettled: 0, stuck: 0, pulses: 0 };
  for (const { area, first } of stretches(chunk.area, off)) {
    const done = counted(await board.program(request(area, goals.slice(first, first + area.cols), how)));
    total.settled -= done.notSettled + done.stuck;
    total.notSettled += done.notSettled;
    total.stuck += done.stuck;
    total.pulses += done.pulses;
    how.onProgress(first + area.cols);
  }
  return total;
}
