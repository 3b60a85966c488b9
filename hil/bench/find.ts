import { type CrossbarBoard, isMhoError, MhoError } from "#protocol";
import type { BenchFile } from "./bench-file.ts";

/**
 * The board of a bench: the first at one of its URLs whose hello has the bench's uid. A board with another uid is closed
 * untouched. Errors: BENCH_BOARD_ABSENT, which says what was found instead.
 */
export async function findBoard(
  { uid, urls }: Pick<BenchFile, "uid" | "urls">,
  open: (url: string) => Promise<CrossbarBoard>,
): Promise<CrossbarBoard> {
  const found: string[] = [];
  for (const url of urls) {
    try {
      const board = await open(url);
      if (board.descriptor.uid === uid) return board;
      found.push(`${url} is ${board.descriptor.uid}`);
      await board.close();
    } catch (error) {
      if (!isMhoError(error)) throw error;
      found.push(`${url}: ${error.code}`);
    }
  }
  throw new MhoError("BENCH_BOARD_ABSENT", { uid, found: found.join("; ") });
}
