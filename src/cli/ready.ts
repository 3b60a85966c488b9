import type { CrossbarBoard } from "#protocol";
import type { Images } from "../datasets/index.ts";
import { type DeployReport, deploy } from "../deploy/index.ts";
import { type ConductanceMap, readMap } from "../mapping/index.ts";
import type { InferOptions } from "../pipeline.ts";
import { deviceOf, isMap, mapOf } from "./inputs.ts";
import { inProgram, isReplay } from "./open.ts";
import type { Terminal } from "./terminal.ts";

/** Programs the map into the board, with a bar. */
export const programmed = (
  terminal: Terminal,
  map: ConductanceMap,
  board: CrossbarBoard,
): Promise<DeployReport> =>
  terminal.progress("program", (onProgress) => deploy(map, board, { signal: terminal.signal, onProgress }));

/**
 * The map in a file, or the one made from the model in it, on this board. A model is mapped and programmed; a map should be
 * on the board already, but for a board in this process, which begins empty and is programmed here.
 */
export async function onBoard(
  terminal: Terminal,
  board: CrossbarBoard,
  file: string,
  made: { probes: Images; probesPath: string; seed: number },
): Promise<ConductanceMap> {
  const given = await isMap(file);
  const map = given ? await readMap(file) : await mapOf(board, file, made);
  if (!given || inProgram(board.url)) await programmed(terminal, map, board);
  return map;
}

/** What an inference on this board needs beside its inputs. */
export async function inferOptions(
  terminal: Terminal,
  board: CrossbarBoard,
  wanted: Pick<InferOptions, "samples" | "seed" | "layers">,
): Promise<InferOptions> {
  const device = await deviceOf(board);
  return { ...wanted, signal: terminal.signal, ...(device ? { device } : {}) };
}

/** How a document names the board it ran on; a replay says that it is one, beside the source of what was recorded. */
export const boardDocument = ({ url, descriptor: { uid, source, profile } }: CrossbarBoard) => ({
  uid,
  source,
  profile,
  ...(isReplay(url) ? { replay: true } : {}),
});

/** A board's source as a person reads it. */
export const sourceInWords = ({ url, descriptor }: CrossbarBoard): string =>
  isReplay(url) ? `replayed (${descriptor.source})` : descriptor.source;
