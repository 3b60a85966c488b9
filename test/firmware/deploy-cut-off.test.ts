import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { realClock } from "#calibration";
import { faulty, type LinkFaults, wireBoard } from "#drivers";
import { type Area, isMhoError, siemens } from "#protocol";
import { cellsPerChunk, chunksOf } from "../../src/deploy/chunks.ts";
import { deploy } from "../../src/deploy/index.ts";
import { type ConductanceMap, map } from "../../src/mapping/index.ts";
import { denseModel } from "../mapping/models.ts";
import { readArray } from "./array-file.ts";
import { hasCompiler, hostBoard, start } from "./host-board.ts";

/** Times that the board is killed or unplugged; MHO_REBOOTS=500 for the whole of it. */
const cuts = Number(process.env.MHO_REBOOTS ?? 25);
const [rows, cols] = [64, 64];
const tolerance = siemens(1.5e-6);

const cellsOf = ({ tile, row, col, ...area }: Area): number[] =>
  Array.from(
    { length: area.rows * area.cols },
    (_, i) => tile * rows * cols + (row + Math.floor(i / area.cols)) * cols + col + (i % area.cols),
  );

/** Chunks that a journal says are finished. */
async function finishedIn(journal: string): Promise<Set<number>> {
  const text = await readFile(journal, "utf8").catch(() => "");
  const lines = text.split("\n").slice(1).filter(Boolean);
  return new Set(lines.map((line) => (JSON.parse(line) as { chunk: number }).chunk));
}

describe.skipIf(!hasCompiler)("a deployment that is cut off (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard("-DMAX_FRAME=256") : "";

  /** One life of the board: resumes the deployment until it ends or the board is killed or unplugged. */
  async function life(array: string, made: ConductanceMap | undefined, journal: string, faults: LinkFaults) {
    const started = start(program, "--array", array);
    const bench = { clock: realClock(), restart: () => void started.child.kill("SIGKILL") };
    try {
      const board = await wireBoard(faulty(started.transport, faults, bench));
      const used = made ?? map(denseModel([24, 16, 4], { seed: 1 }), board.descriptor);
      const report = await deploy(used, board, { journal, resume: true, tolerance, maxPulses: 200 });
      await board.close();
      expect(started.complaints()).toBe("");
      return { map: used, report, most: cellsPerChunk(board.descriptor) };
    } catch (error) {
      if (!isMhoError(error)) throw error;
      return undefined;
    } finally {
      started.child.kill("SIGKILL");
    }
  }

  it(`${cuts} times resumes, never starts a finished chunk over, and ends verified`, {
    timeout: 60_000 + cuts * 2000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "mho-cut-"));
    const quiet = await life(join(folder, "quiet"), undefined, join(folder, "quiet-journal"), {});
    const made = quiet!.map;
    const chunks = chunksOf(made, quiet!.most).map(({ area }) => cellsOf(area));
    const wanted = made.layers.reduce((sum, { targets }) => sum + targets.length, 0);
    let [cut, deployments, again, finished] = [0, 0, 0, 0];
    for (let seed = 1; cut < cuts; seed++, deployments++) {
      const [array, journal] = [join(folder, `array${seed}`), join(folder, `journal${seed}`)];
      let before: { chunks: Set<number>; pulses: Uint32Array } = {
        chunks: new Set(),
        pulses: new Uint32Array(),
      };
      let done: Awaited<ReturnType<typeof life>>;
      for (let lives = 0; !done; lives++) {
        const chances = { restart: 0.012, unplug: 0.012 };
        done = await life(array, made, journal, { seed: 1000 * seed + lives, chances });
        const after = { chunks: await finishedIn(journal), pulses: readArray(array).pulses };
        for (const chunk of before.chunks) {
          expect(after.chunks.has(chunk)).toBe(true);
          finished += chunks[chunk]!.length;
          again += chunks[chunk]!.filter((cell) => after.pulses[cell]! > before.pulses[cell]!).length;
        }
        before = after;
        if (!done) cut++;
      }
      expect(done.report).toMatchObject({ cells: wanted, settled: wanted });
      // Four reads of a cell scatter by 0.1 µS beside the tolerance that verify kept.
      made.layers.forEach(({ targets }, k) => {
        const off = targets.filter(
          (g, i) => Math.abs(done!.report.conductances[k]![i]! - g) > tolerance + 6e-7,
        );
        expect(off).toHaveLength(0);
      });
    }
    expect(deployments).toBeGreaterThan(0);
    expect(finished).toBeGreaterThan(10 * wanted);
    // A verify that reads a settled cell beyond the tolerance by noise may pulse it again: one in a hundred at most.
    expect(again / finished).toBeLessThan(0.01);
  });
});
