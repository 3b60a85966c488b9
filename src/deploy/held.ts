import { type CrossbarBoard, MhoError } from "#protocol";
import { type ConductanceMap, requireSameBoard } from "../mapping/index.ts";
import { type Chunk, chunksOf } from "./chunks.ts";
import { readBack } from "./program.ts";

/**
 * Whether cells read like their targets at all: Σ (G − target)² below half of Σ (target − Gmin)². Erased cells give 1,
 * foreign ones about 2 or more, programmed ones a few hundredths at most 0.2 (a pair of TaOx/HfOx devices, relaxed).
 */
export function resembles(
  read: Float64Array,
  chunk: Chunk,
  { targets, floor }: { targets: Float32Array; floor: number },
): boolean {
  let error = 0;
  let signal = 0;
  chunk.cells.forEach((place, k) => {
    error += (read[k]! - targets[place]!) ** 2;
    signal += (targets[place]! - floor) ** 2;
  });
  return error <= signal / 2;
}

const excess = (chunk: Chunk, targets: Float32Array, floor: number): number =>
  chunk.cells.reduce((sum, place) => sum + (targets[place]! - floor) ** 2, 0);

/** Cells of each layer that are read to see whether a board holds a map. */
const probedCells = 256;

/**
 * Checks, by reading the most telling 256 cells of each layer, that the board holds the map. A board that cannot read
 * single cells is trusted. Errors: MAP_FOR_OTHER_BOARD, NOT_DEPLOYED.
 */
export async function requireDeployed(
  map: ConductanceMap,
  board: CrossbarBoard,
  signal?: AbortSignal,
): Promise<void> {
  const { descriptor } = board;
  requireSameBoard(map, descriptor);
  if (!descriptor.capabilities.includes("readCells")) return;
  const chunks = chunksOf(map, probedCells);
  const floor = descriptor.conductance.min;
  for (const [k, { targets }] of map.layers.entries()) {
    const own = chunks.filter((chunk) => chunk.layer === k);
    const telling = own.reduce((best, chunk) =>
      excess(chunk, targets, floor) > excess(best, targets, floor) ? chunk : best,
    );
    if (excess(telling, targets, floor) === 0) continue;
    if (!resembles(await readBack(board, telling.area, signal), telling, { targets, floor }))
      throw new MhoError("NOT_DEPLOYED", {});
  }
}
