import { createHash } from "node:crypto";
import { type CrossbarBoard, MhoError, type Siemens } from "#protocol";
import { type ConductanceMap, requireSameBoard } from "../mapping/index.ts";
import { type Chunk, cellsPerChunk, chunksOf } from "./chunks.ts";
import { resembles } from "./held.ts";
import { type Journal, noJournal, openJournal } from "./journal.ts";
import { mendChunk, type Outcome, type Programming, programChunk, readBack } from "./program.ts";
import { type DeployReport, reportOf } from "./report.ts";

export interface DeployOptions {
  /** How near its target a cell must read; the map's own unless said. */
  readonly tolerance?: Siemens;
  /** After which a cell is left as it is. */
  readonly maxPulses?: number;
  readonly signal?: AbortSignal | undefined;
  /** Cells done, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** File that remembers what is done, a line a chunk. */
  readonly journal?: string;
  /** Go on with what that file says is done, instead of starting over. */
  readonly resume?: boolean;
}

const usualPulses = 64;

/** What identifies a deployment: the places and targets of every cell. */
function fingerprint(map: ConductanceMap): string {
  const hash = createHash("sha256");
  for (const { blocks, targets } of map.layers) {
    hash.update(JSON.stringify(blocks));
    hash.update(new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength));
  }
  return hash.digest("hex");
}

interface Work {
  readonly map: ConductanceMap;
  readonly board: CrossbarBoard;
  readonly journal: Journal;
  readonly how: Omit<Programming, "onProgress">;
}

/** One chunk: programmed, or, where it was done before, taken as it is or mended. */
async function workOn(
  { map, board, journal, how }: Work,
  index: number,
  chunk: Chunk,
  onProgress: (done: number) => void,
): Promise<Outcome & { resumed: number }> {
  const { targets } = map.layers[chunk.layer]!;
  const { bootId: boot, conductance } = board.descriptor;
  const before = journal.finished.get(index);
  if (before === undefined) {
    const outcome = await programChunk(board, chunk, targets, { ...how, onProgress });
    await journal.append({ chunk: index, boot, ...outcome });
    return { ...outcome, resumed: 0 };
  }
  const read = await readBack(board, chunk.area, how.signal);
  const resumed = chunk.cells.length;
  if (before.boot === boot && resembles(read, chunk, { targets, floor: conductance.min }))
    return { ...before, resumed };
  const mended = await mendChunk(board, chunk, { targets, read }, { ...how, onProgress });
  const outcome = { ...mended, pulses: before.pulses + mended.pulses };
  await journal.append({ chunk: index, boot, ...outcome });
  return { ...outcome, resumed };
}

async function programAll(
  work: Work,
  chunks: readonly Chunk[],
  onProgress: DeployOptions["onProgress"],
): Promise<Outcome & { resumed: number }> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.cells.length, 0);
  const sum = { settled: 0, notSettled: 0, stuck: 0, pulses: 0, resumed: 0 };
  let done = 0;
  for (const [index, chunk] of chunks.entries()) {
    work.how.signal?.throwIfAborted();
    const outcome = await workOn(work, index, chunk, (cells) => onProgress?.(done + cells, total));
    for (const key of ["settled", "notSettled", "stuck", "pulses", "resumed"] as const)
      sum[key] += outcome[key];
    done += chunk.cells.length;
    onProgress?.(done, total);
  }
  return sum;
}

/** What all cells read now, layer by layer. */
async function readAll({ map, board, how }: Work, chunks: readonly Chunk[]): Promise<Float32Array[]> {
  const conductances = map.layers.map(({ targets }) => new Float32Array(targets.length));
  await Promise.all(
    chunks.map(async (chunk) => {
      const read = await readBack(board, chunk.area, how.signal);
      chunk.cells.forEach((place, k) => {
        conductances[chunk.layer]![place] = read[k]!;
      });
    }),
  );
  return conductances;
}

/**
 * Programs a map into a board, chunk by chunk with verify, then reads every cell back. Cells that will not settle are
 * counted, never hidden. With a journal, a run that was cut off (link, process, abort) goes on with `resume` where it stopped:
 * finished chunks are only read, and where the board has restarted since, or reads as if it had, their cells outside the
 * tolerance are programmed again.
 * Errors: MAP_FOR_OTHER_BOARD, CANCELLED (the board is idle), JOURNAL_OF_OTHER, file errors, and what the board rejects with.
 */
export async function deploy(
  map: ConductanceMap,
  board: CrossbarBoard,
  options: DeployOptions = {},
): Promise<DeployReport> {
  const {
    tolerance = map.tolerance,
    maxPulses = usualPulses,
    signal,
    onProgress,
    journal: path,
    resume = false,
  } = options;
  requireSameBoard(map, board.descriptor);
  const chunks = chunksOf(map, cellsPerChunk(board.descriptor));
  const head = { map: fingerprint(map), board: board.descriptor.uid, chunks: chunks.length, tolerance };
  await using journal = path === undefined ? noJournal() : await openJournal(path, head, resume);
  const work: Work = { map, board, journal, how: { tolerance, maxPulses, signal } };
  try {
    const outcome = await programAll(work, chunks, onProgress);
    return reportOf(map, outcome, await readAll(work, chunks));
  } catch (error) {
    if (!signal?.aborted) throw error;
    await board.idle();
    throw new MhoError("CANCELLED", { doing: "programming" }, { cause: error });
  }
}
