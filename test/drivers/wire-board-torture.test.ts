import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import { type FaultKind, type LinkFaults, pipedBoard } from "#drivers";
import { type CrossbarBoard, inSiemens, isMhoError, seconds, siemens, volts } from "#protocol";
import { type LedgerCore, ledgerCode, ledgerCore } from "./ledger-core.ts";
import { type SteppedClock, steppedClock } from "./stepped-clock.ts";

/** Calls of one torture run; more with MHO_TORTURE=100000. */
const calls = Number(process.env.MHO_TORTURE ?? 400);
const lsb = Math.fround(1e-8);

interface Bench {
  readonly core: LedgerCore;
  readonly clock: SteppedClock;
  /** Pulses that each cell got by calls that succeeded, and by calls that failed and may have pulsed or not. */
  readonly sure: Uint32Array;
  readonly doubtful: Uint32Array;
  /** Codes of the calls that failed. */
  readonly failures: string[];
}

const newBench = (): Bench => ({
  // The watchdog ends a program when the host's signs of life stall; that is another promise, with its own test.
  core: ledgerCore({ watchdog: seconds(600) }),
  clock: steppedClock(),
  sure: new Uint32Array(64),
  doubtful: new Uint32Array(64),
  failures: [],
});

/** Only an error that says what to do is a way for a call to end. */
function failure(error: unknown, { failures }: Bench): undefined {
  if (!isMhoError(error)) throw error;
  failures.push(`${error.code} ${error.message}`);
}

async function counted(bench: Bench, cells: readonly number[], call: Promise<unknown>): Promise<void> {
  const outcome = await call.then(
    () => bench.sure,
    (error: unknown) => {
      failure(error, bench);
      return bench.doubtful;
    },
  );
  for (const cell of cells) outcome[cell]!++;
}

/** One call of a kind drawn by chance, and the check of what it answers. */
async function oneCall(board: CrossbarBoard, bench: Bench, draw: () => number): Promise<void> {
  const row = Math.floor(draw() * 8);
  const kind = draw();
  if (kind < 0.3) {
    const pulse = board.pulse({ tile: 0, row, col: 3 }, "set", volts(1), seconds(1e-7));
    return counted(bench, [row * 8 + 3], pulse);
  }
  if (kind < 0.5) {
    const targets = inSiemens(Float64Array.from({ length: 24 }, (_, i) => i * lsb));
    const area = { tile: 0, row: Math.min(row, 5), col: 0, rows: 3, cols: 8 };
    const cells = Array.from({ length: 24 }, (_, i) => area.row * 8 + i);
    const request = { area, targets, tolerance: siemens(lsb), maxPulses: 9 };
    return counted(bench, cells, board.program(request));
  }
  const firstSample = Math.floor(draw() * 1e6);
  const area = { tile: 0, row: 0, col: 0, rows: 4, cols: 8 };
  const read = { area, range: 0, codes: new Int16Array(8), vectors: 2, repeats: 9, firstSample };
  const expected = Int16Array.from({ length: 144 }, (_, i) => ledgerCode(firstSample + (i >> 3), i & 7));
  const report = await board.readOut(read).catch((error: unknown) => failure(error, bench));
  if (report) expect(report.codes).toEqual(expected);
}

async function torture(
  bench: Bench,
  linkFaults: LinkFaults,
  seed: number,
  count = calls,
  mode: "binary" | "text" = "binary",
): Promise<void> {
  const random = randomStream(seed, 1000);
  const board = await pipedBoard(bench.core, { clock: bench.clock, linkFaults, mode });
  for (let done = 0; done < count; done += 3)
    await Promise.all([1, 2, 3].map(() => oneCall(board, bench, () => random.uniform())));
  await board.close();
}

function expectAtMostOnce({ core, sure, doubtful }: Bench): void {
  core.pulses.forEach((pulses, cell) => {
    expect(pulses).toBeGreaterThanOrEqual(sure[cell]!);
    expect(pulses).toBeLessThanOrEqual(sure[cell]! + doubtful[cell]!);
  });
}

const harmless: FaultKind[] = ["drop", "duplicate", "flip", "cut", "merge", "garbage", "delay", "stall"];

describe("a link on which everything goes wrong", () => {
  it.each(harmless.map((kind, i) => [kind, i + 1] as const))(
    "applies each pulse once and loses no sample under %s",
    async (kind, seed) => {
      const bench = newBench();
      const until = 10 * calls;
      await bench.clock.run(
        torture(bench, { seed, chances: { [kind]: kind === "stall" ? 0.005 : 0.05 }, until }, seed),
      );
      expect(bench.failures).toEqual([]);
      expectAtMostOnce(bench);
    },
  );

  it.each([1, 2, 3])(
    "applies each pulse once and loses no sample under all of them together (seed %i)",
    async (seed) => {
      const bench = newBench();
      const chances = Object.fromEntries(harmless.map((kind) => [kind, kind === "stall" ? 0.002 : 0.01]));
      await bench.clock.run(torture(bench, { seed, chances }, seed));
      expect(bench.failures).toEqual([]);
      expectAtMostOnce(bench);
    },
  );

  it.each([1, 2, 3, 4])(
    "applies each pulse at most once when the board restarts again and again (seed %i)",
    async (seed) => {
      const bench = newBench();
      const chances = { restart: 0.01, drop: 0.02, stall: 0.005, merge: 0.01 };
      const reopening = async (): Promise<void> => {
        for (let session = 0; session < 12; session++) {
          const faults = { seed: 100 * seed + session, chances };
          // A session that dies while it is opened has pulsed nothing.
          await torture(bench, faults, 100 * seed + session, calls / 10).catch((error: unknown) =>
            failure(error, bench),
          );
        }
      };
      await bench.clock.run(reopening());
      expect(bench.doubtful.reduce((a, b) => a + b)).toBeGreaterThan(0);
      expectAtMostOnce(bench);
    },
  );

  it.each([1, 2])("keeps its promises in text mode too (seed %i)", async (seed) => {
    const bench = newBench();
    const chances = {
      drop: 0.01,
      duplicate: 0.01,
      cut: 0.01,
      merge: 0.01,
      garbage: 0.01,
      delay: 0.01,
      stall: 0.002,
      flip: 0.005,
    };
    await bench.clock.run(torture(bench, { seed, chances }, seed, calls / 2, "text"));
    expect(bench.failures).toEqual([]);
    expectAtMostOnce(bench);
  });
});
