import type { CrossbarBoard } from "#protocol";
import { type DeployReport, deploy } from "../deploy/index.ts";
import type { ConductanceMap } from "../mapping/index.ts";
import type { InferOptions } from "../pipeline.ts";
import { deviceOf } from "./inputs.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Brings the map onto the board, with a bar. Cells that hold their value already are only read, so this is also how a
 * board that was programmed earlier shows that it still holds the map.
 */
export const programmed = (
  terminal: Terminal,
  map: ConductanceMap,
  board: CrossbarBoard,
): Promise<DeployReport> =>
  terminal.progress("program", (onProgress) => deploy(map, board, { signal: terminal.signal, onProgress }));

/** What an inference on this board needs beside its inputs. */
export async function inferOptions(
  terminal: Terminal,
  board: CrossbarBoard,
  wanted: { samples: number; seed: number },
): Promise<InferOptions> {
  const device = await deviceOf(board);
  return { ...wanted, signal: terminal.signal, ...(device ? { device } : {}) };
}

/** How a document names the board it ran on. */
export const boardDocument = ({ descriptor: { uid, source, profile } }: CrossbarBoard) => ({
  uid,
  source,
  profile,
});
