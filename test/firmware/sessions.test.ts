import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Clock, randomStream, realClock } from "#calibration";
import { type FaultKind, faulty, type LinkFaults, wireBoard } from "#drivers";
import { type CrossbarBoard, inSiemens, isMhoError, seconds, siemens, volts } from "#protocol";
import { readArray } from "./array-file.ts";
import { hasCompiler, hostBoard, type RunningBoard, start } from "./host-board.ts";

/** Calls of one torture run. */
const calls = 240;
const { lsb, rows, cols } = { lsb: Math.fround(1e-8), rows: 64, cols: 64 };

/** Real time that goes ten times as fast: time-outs of half a second pass in 50 ms, and load makes some false, which does no harm. */
function hurriedClock(times = 10): Clock {
  const real = realClock();
  return {
    now: () => seconds(real.now() * times),
    sleep: (span, signal) => real.sleep(seconds(span / times), signal),
  };
}

/** Pulses that each cell got by calls that succeeded, and at most by calls that failed. */
interface Ledger {
  readonly sure: Uint32Array;
  readonly doubtful: Uint32Array;
  readonly failures: string[];
}
const newLedger = (): Ledger => ({
  sure: new Uint32Array(rows * cols),
  doubtful: new Uint32Array(rows * cols),
  failures: [],
});

function failed(error: unknown, { failures }: Ledger): void {
  if (!isMhoError(error)) throw error;
  failures.push(error.code);
}

async function onePulse(board: CrossbarBoard, ledger: Ledger, cell: number): Promise<void> {
  const at = { tile: 0, row: Math.floor(cell / cols), col: cell % cols };
  await board.pulse(at, cell % 2 === 0 ? "set" : "reset", volts(1), seconds(1e-7)).then(
    () => ledger.sure[cell]!++,
    (error: unknown) => {
      ledger.doubtful[cell]!++;
      failed(error, ledger);
    },
  );
}

async function oneProgram(board: CrossbarBoard, ledger: Ledger, row: number, share: number): Promise<void> {
  const area = { tile: 0, row, col: 8, rows: 1, cols: 6 };
  const targets = inSiemens(Float64Array.from({ length: 6 }, () => lsb * (300 + 9000 * share)));
  const maxPulses = 12;
  const report = await board
    .program({ area, targets, tolerance: siemens(150 * lsb), maxPulses })
    .catch((error: unknown) => failed(error, ledger));
  for (let i = 0; i < 6; i++) {
    const cell = row * cols + 8 + i;
    if (report) ledger.sure[cell]! += report.pulses[i]!;
    else ledger.doubtful[cell]! += maxPulses;
  }
}

async function oneReading(board: CrossbarBoard, ledger: Ledger, row: number): Promise<void> {
  const area = { tile: 1, row, col: 0, rows: 2, cols: 20 };
  const request = {
    area,
    range: 0,
    codes: Int16Array.of(127, 127, 0, 0),
    vectors: 2,
    repeats: 60,
    firstSample: 0,
  };
  const report = await board.readOut(request).catch((error: unknown) => failed(error, ledger));
  if (!report) return;
  // Every sample once, in its place: lit ones first, then dark ones.
  const mean = (from: number): number =>
    report.codes.subarray(from, from + 1200).reduce((sum, code) => sum + code, 0) / 1200;
  expect(report.codes).toHaveLength(2 * 60 * 20);
  expect(mean(0)).toBeGreaterThan(60);
  expect(Math.abs(mean(1200))).toBeLessThan(1);
}

async function oneCall(board: CrossbarBoard, ledger: Ledger, draw: () => number): Promise<void> {
  const kind = draw();
  const row = Math.floor(draw() * 40);
  if (kind < 0.5) return onePulse(board, ledger, row * cols + Math.floor(draw() * 8));
  if (kind < 0.7) return oneProgram(board, ledger, row, draw());
  return oneReading(board, ledger, row);
}

describe.skipIf(!hasCompiler)("sessions with the C firmware (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard("-DWATCHDOG_MS=60000") : "";
  let array = "";
  beforeEach(() => {
    array = join(mkdtempSync(join(tmpdir(), "mho-array-")), "array");
  });

  async function torture(
    ledger: Ledger,
    faults: LinkFaults,
    seed: number,
    count: number,
    mode: "binary" | "text",
  ) {
    const clock = hurriedClock();
    const running: RunningBoard = start(program, "--array", array, "--seed", `${seed}`);
    const restart = (): void => void running.child.kill("SIGHUP");
    const random = randomStream(seed, 1000);
    const link = faulty(running.transport, faults, { clock, restart });
    try {
      const board = await wireBoard(link, { clock, mode });
      for (let done = 0; done < count; done += 3)
        await Promise.all([1, 2, 3].map(() => oneCall(board, ledger, () => random.uniform())));
      await board.close();
    } catch (error) {
      failed(error, ledger); // a session that dies while it is opened or closed has pulsed nothing
    }
    await running.transport.close();
    expect(running.complaints()).toBe("");
  }

  function expectAtMostOnce({ sure, doubtful }: Ledger): void {
    const { pulses } = readArray(array);
    expect(pulses.subarray(0, rows * cols).reduce((a, b) => a + b)).toBeGreaterThan(0);
    for (let cell = 0; cell < rows * cols; cell++) {
      expect(pulses[cell]!).toBeGreaterThanOrEqual(sure[cell]!);
      expect(pulses[cell]!).toBeLessThanOrEqual(sure[cell]! + doubtful[cell]!);
    }
  }

  // Binary mode under every fault: torture.test.ts.
  it("apply each pulse once and lose no sample under every fault in text mode too", async () => {
    const kinds: FaultKind[] = ["drop", "duplicate", "flip", "cut", "merge", "delay"];
    const ledger = newLedger();
    const chances = Object.fromEntries(kinds.map((kind) => [kind, 0.005]));
    await torture(ledger, { seed: 5, chances }, 5, calls, "text");
    expect(ledger.failures).toEqual([]);
    expectAtMostOnce(ledger);
  });

  it("apply each pulse at most once while the board restarts under a link that holds", async () => {
    const ledger = newLedger();
    const chances = { restart: 0.02, drop: 0.02, merge: 0.01 };
    for (let session = 0; session < 8; session++)
      await torture(ledger, { seed: 40 + session, chances }, 40 + session, calls / 8, "binary");
    expect(readArray(array).boots).toBeGreaterThan(10);
    expect(ledger.failures.length).toBeGreaterThan(0);
    expectAtMostOnce(ledger);
  });

  it("are the same in text mode and in binary mode, number for number", async () => {
    const session = async (mode: "binary" | "text"): Promise<unknown> => {
      const { transport, complaints } = start(program, "--seed", "77");
      await using board = await wireBoard(transport, { mode });
      const area = { tile: 1, row: 2, col: 3, rows: 9, cols: 7 };
      const targets = inSiemens(Float64Array.from({ length: 63 }, (_, i) => lsb * (400 + 140 * i)));
      const programmed = await board.program({ area, targets, tolerance: siemens(200 * lsb), maxPulses: 50 });
      const codes = Int16Array.from({ length: 27 }, (_, i) => 9 * i - 127);
      const read = { area, range: 1, codes, vectors: 3, repeats: 40, firstSample: 0, zeros: 5 };
      const outcome = {
        descriptor: { ...board.descriptor, bootId: 0 },
        programmed,
        cells: await board.readCells(area, 3),
        codes: await board.readOut(read),
        moments: await board.readMoments(read),
        refused: await board
          .readOut({ ...read, range: 5 })
          .catch((error: { message: string }) => error.message),
        pulses: (await board.sense()).pulses,
      };
      expect(complaints()).toBe("");
      return outcome;
    };
    const [binary, text] = [await session("binary"), await session("text")];
    expect(text).toEqual(binary);
  });
});
