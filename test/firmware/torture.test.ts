import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomStream, realClock } from "#calibration";
import { type FaultKind, faulty, type LinkFaults, wireBoard } from "#drivers";
import { type CrossbarBoard, inSiemens, isMhoError, seconds, siemens, volts } from "#protocol";
import { readArray } from "./array-file.ts";
import { hasCompiler, hostBoard, type RunningBoard, start } from "./host-board.ts";

/** Messages of the long run, both ways; MHO_TORTURE=1000000 for the whole of it. */
const messages = Number(process.env.MHO_TORTURE ?? 4000);
const cols = 64;
const harmless: FaultKind[] = ["drop", "duplicate", "flip", "cut", "merge", "garbage", "delay"];

interface Ledger {
  /** Pulses of each cell of tile 0 by calls that succeeded, and the most that calls which failed may have given. */
  readonly sure: Uint32Array;
  readonly doubtful: Uint32Array;
  readonly failures: string[];
}
const ledger = (): Ledger => ({
  sure: new Uint32Array(64 * cols),
  doubtful: new Uint32Array(64 * cols),
  failures: [],
});

/** Levels that samples are told apart by: each vector of a read-out drives its own. */
const levels = 12;
const readArea = { tile: 1, row: 0, col: 0, rows: 16, cols: 16 };

/** Codes that each level gives, to judge samples by. Their noise is a tenth of the step between levels. */
async function ladder(board: CrossbarBoard): Promise<number[]> {
  const targets = inSiemens(new Float64Array(256).fill(50e-6));
  await board.program({ area: readArea, targets, tolerance: siemens(1e-6), maxPulses: 200 });
  const { codes } = await board.readOut(vectorsOf([...Array(levels).keys()], 8));
  return Array.from({ length: levels }, (_, level) => meanOf(codes.subarray(level * 128, (level + 1) * 128)));
}
const vectorsOf = (which: readonly number[], repeats: number) => ({
  ...{ area: readArea, range: 1, vectors: which.length, repeats, firstSample: 0 },
  codes: Int16Array.from({ length: which.length * 16 }, (_, i) => which[Math.floor(i / 16)]! * 10),
});
const meanOf = (codes: Int16Array): number => codes.reduce((a, b) => a + b, 0) / codes.length;

interface Bench {
  readonly board: CrossbarBoard;
  readonly ledger: Ledger;
  readonly steps: readonly number[];
  readonly draw: () => number;
}

/** One call of a kind drawn by chance; only an error that says what to do is a way for it to end. */
async function oneCall({ board, ledger: { sure, doubtful, failures }, steps, draw }: Bench): Promise<void> {
  const failed = (error: unknown): undefined => {
    if (!isMhoError(error)) throw error;
    failures.push(`${error.code} ${error.message}`);
  };
  const row = Math.floor(draw() * 60);
  const kind = draw();
  if (kind < 0.4) {
    const pulse = board.pulse({ tile: 0, row, col: 3 }, "set", volts(1), seconds(1e-7));
    await pulse.then(
      () => sure[row * cols + 3]!++,
      (error) => {
        doubtful[row * cols + 3]!++;
        return failed(error);
      },
    );
    return;
  }
  if (kind < 0.5) {
    const area = { tile: 0, row, col: 8, rows: 2, cols: 4 };
    const cells = Array.from({ length: 8 }, (_, i) => (row + (i >> 2)) * cols + 8 + (i & 3));
    const targets = inSiemens(Float64Array.from(cells, () => (10 + 80 * draw()) * 1e-6));
    const maxPulses = 20;
    const call = board.program({ area, targets, tolerance: siemens(2e-6), maxPulses });
    const report = await call.catch(failed);
    cells.forEach((cell, i) => {
      if (report) sure[cell]! += report.pulses[i]!;
      else doubtful[cell]! += maxPulses;
    });
    return;
  }
  const which = Array.from({ length: 9 }, () => Math.floor(draw() * levels));
  const report = await board.readOut(vectorsOf(which, 3)).catch(failed);
  // Each sample stands where its own vector puts it: none is lost, doubled or moved.
  report?.codes.forEach((_, at) => {
    if (at % 16 === 0) {
      const level = which[Math.floor(at / 48)]!;
      const step = (steps[levels - 1]! - steps[0]!) / (levels - 1);
      expect(Math.abs(meanOf(report.codes.subarray(at, at + 16)) - steps[level]!)).toBeLessThan(step / 2);
    }
  });
}

/** What a board did, as its own array file has it, lies between what was sure and what may have been. */
function expectOnce(array: string, { sure, doubtful }: Ledger): void {
  const { pulses } = readArray(array);
  for (let cell = 0; cell < sure.length; cell++) {
    expect(pulses[cell]! - sure[cell]!).toBeGreaterThanOrEqual(0);
    expect(pulses[cell]! - sure[cell]!).toBeLessThanOrEqual(doubtful[cell]!);
  }
}

describe.skipIf(!hasCompiler)("the C firmware under torture (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard() : "";
  const fresh = (): string => join(mkdtempSync(join(tmpdir(), "mho-torture-")), "array");
  const running = (array: string): RunningBoard => start(program, "--array", array);
  const tortured = (board: RunningBoard, faults: LinkFaults) =>
    wireBoard(
      faulty(board.transport, faults, {
        clock: realClock(),
        restart: () => void board.child.kill("SIGKILL"),
      }),
    );

  it(`gives each pulse once and loses no sample in ${messages} messages, of which one in a hundred goes wrong`, {
    timeout: 30_000 + messages * 5,
  }, async () => {
    const [array, book] = [fresh(), ledger()];
    const before = running(array);
    const quiet = await wireBoard(before.transport);
    const steps = await ladder(quiet);
    await quiet.close();
    const started = running(array);
    const counted = new Map<string, number>();
    const chances = Object.fromEntries(harmless.map((kind) => [kind, 0.01 / harmless.length]));
    const onFault = ({ kind }: { kind: string }) => counted.set(kind, (counted.get(kind) ?? 0) + 1);
    const board = await tortured(started, { seed: 5, chances, delay: seconds(0.02), onFault });
    const random = randomStream(5, 1000);
    const bench: Bench = { board, ledger: book, steps, draw: () => random.uniform() };
    const { host } = await board.linkFigures();
    for (let passed = host.framesIn + host.framesOut; passed < messages; ) {
      await Promise.all([1, 2, 3].map(() => oneCall(bench)));
      const { host: now } = await board.linkFigures();
      passed = now.framesIn + now.framesOut;
    }
    expect(book.failures).toEqual([]);
    expect([...counted.keys()].sort()).toEqual([...harmless].sort());
    expectOnce(array, book);
    expect(book.sure).toEqual(readArray(array).pulses.slice(0, book.sure.length));
    await board.close();
    expect(started.complaints()).toBe("");
  });

  it("gives each pulse at most once when it is killed or unplugged again and again", {
    timeout: 60_000,
  }, async () => {
    const [array, book] = [fresh(), ledger()];
    const random = randomStream(6, 1000);
    let cutOff = 0;
    for (let life = 0; life < 25; life++) {
      const started = running(array);
      const chances = { restart: 0.01, unplug: 0.01, drop: 0.01 };
      const board = await tortured(started, { seed: life, chances }).catch(() => undefined);
      if (!board) continue;
      const bench: Bench = { board, ledger: book, steps: [], draw: () => random.uniform() * 0.5 };
      const ended = book.failures.length;
      for (let call = 0; call < 40 && book.failures.length === ended; call++) await oneCall(bench);
      if (book.failures.length > ended) cutOff++;
      await board.close().catch(() => {});
      started.child.kill("SIGKILL");
    }
    expect(cutOff).toBeGreaterThan(5);
    expectOnce(array, book);
  });
});
