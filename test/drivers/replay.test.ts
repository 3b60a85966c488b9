import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  Endpoint,
  faulty,
  type LinkFaults,
  pipe,
  playback,
  recorder,
  simulatedCore,
  wireBoard,
} from "#drivers";
import { type CrossbarBoard, inSiemens, microsiemens, seconds, volts } from "#protocol";
import { RecordingFile, readRecords } from "../../drivers/recording-file.ts";
import { steppedClock } from "./stepped-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-replay-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const about = { mho: "0.1.0", command: [], started: "2026-11-21T15:00:00.000Z" };
const area = { tile: 0, row: 0, col: 0, rows: 8, cols: 8 };

type Work<T> = (board: CrossbarBoard) => Promise<T>;
type Mode = "binary" | "text";

/** Records some work on a noisy simulated board; what it came to, and the path of the recording. */
async function recorded<T>(name: string, work: Work<T>, mode: Mode, linkFaults?: LinkFaults) {
  const path = join(folder, name);
  const clock = steppedClock();
  const core = await simulatedCore({
    profile: "hfox-tsinghua",
    seed: 3,
    tiles: 1,
    rows: 8,
    cols: 8,
    maxFrame: 256,
  });
  const endpoint = new Endpoint(core, { clock });
  const [near, far] = pipe("sim:");
  void endpoint.attach(
    linkFaults ? faulty(far, linkFaults, { clock, restart: () => endpoint.restart() }) : far,
  );
  const kept = recorder(path, about, { clock });
  const outcome = await clock.run(
    (async () => {
      await using board = await wireBoard(kept.tap(near), { clock, mode });
      return await work(board);
    })(),
  );
  kept.close();
  return { path, outcome };
}

/** Does some work on a recording; also which recorded requests it left out. */
async function replayed<T>(path: string, work: Work<T>, mode: Mode = "binary") {
  const clock = steppedClock();
  const played = await playback(path);
  const outcome = await clock.run(
    (async () => {
      await using board = await wireBoard(played.connect(), { clock, mode });
      return await work(board);
    })(),
  );
  return { outcome, unasked: played.unasked };
}

const read = (repeats: number, firstSample: number) => ({
  ...{ area, range: 0, codes: new Int16Array(16).fill(100), vectors: 2, repeats, firstSample },
});

/** Changes, queries and streams, several open at once, and the same question more than once. */
async function manyThings(board: CrossbarBoard) {
  const targets = inSiemens(new Float64Array(64).fill(microsiemens(8)));
  const programmed = await board.program({ area, targets, tolerance: microsiemens(1), maxPulses: 40 });
  await board.pulse({ tile: 0, row: 1, col: 2 }, "set", volts(1), seconds(1e-7));
  const cells = [await board.readCells(area, 2), await board.readCells(area, 2)];
  const streams = await Promise.all([board.readOut(read(60, 0)), board.readOut(read(60, 1000))]);
  const again = await board.readOut(read(60, 0));
  const sensed = [await board.sense(), await board.sense()];
  return { descriptor: board.descriptor, programmed, cells, streams, again, sensed };
}

async function thrice(board: CrossbarBoard) {
  return [await manyThings(board), await manyThings(board), await manyThings(board)];
}

describe("a replay", () => {
  it.each([
    ["binary", "binary"],
    ["binary", "text"],
    ["text", "binary"],
    ["text", "text"],
  ] as const)(
    "of a session in %s mode gives the same in %s mode, and leaves nothing out",
    async (then, now) => {
      const { path, outcome } = await recorded(`${then}-${now}.mho`, manyThings, then);
      expect(outcome.cells[0]).not.toEqual(outcome.cells[1]); // they are noisy: the order of the answers shows
      const replay = await replayed(path, manyThings, now);
      expect(replay.outcome).toEqual(outcome);
      expect(replay.unasked).toEqual([]);
    },
  );

  it.each([1, 2, 3])(
    "of a session with losses, copies and damage gives the same without them (seed %i)",
    async (seed) => {
      const chances = { drop: 0.03, duplicate: 0.03, flip: 0.03, cut: 0.03, merge: 0.02 };
      let happened = 0;
      const faults = { seed, chances, from: 6, onFault: () => happened++ };
      const { path, outcome } = await recorded(`faults-${seed}.mho`, thrice, "binary", faults);
      expect(happened).toBeGreaterThan(10);
      expect((await replayed(path, thrice)).outcome).toEqual(outcome);
    },
  );

  it("gives each answer once, in order, and says when there is no further one", async () => {
    const { path, outcome } = await recorded(
      "twice.mho",
      async (board) => [await board.readCells(area), await board.readCells(area)],
      "binary",
    );
    const thrice = replayed(path, async (board) => {
      expect([await board.readCells(area), await board.readCells(area)]).toEqual(outcome);
      await board.readCells(area);
    });
    await expect(thrice).rejects.toMatchObject({
      code: "NOT_RECORDED",
      facts: { path, why: "it was answered 2 times then, and is asked once more now" },
    });
  });

  it("names what was never asked and the nearest that was, and is over then", async () => {
    const { path } = await recorded(
      "one.mho",
      (board) => board.readCells({ ...area, row: 2, rows: 3 }),
      "binary",
    );
    await replayed(path, async (board) => {
      const error = await board.readCells({ ...area, row: 4, rows: 3 }).catch((each: unknown) => each);
      expect(error).toMatchObject({
        code: "NOT_RECORDED",
        facts: {
          request: "readCells 0 4 0 3 8 1",
          why: "the nearest that was asked then has row=2 not row=4",
        },
      });
      await expect(board.sense()).rejects.toBe(error);
    });
    await replayed(path, (board) =>
      expect(board.sense()).rejects.toMatchObject({ facts: { why: "no sense was asked then" } }),
    );
  });

  it("lists what was asked then and not now; the session's own questions need not match", async () => {
    const { path } = await recorded("left.mho", manyThings, "binary");
    const { unasked } = await replayed(path, (board) => board.sense());
    expect(unasked).toContain("pulse 0 1 2 0 1 1e-7");
    expect(unasked.filter((each) => each.startsWith("sense"))).toHaveLength(1);
    expect(unasked.filter((each) => /^(hello|ping|idle)/.test(each))).toEqual([]);
    await replayed(path, async (board) =>
      expect((await board.linkFigures(3).catch(() => undefined))?.clock).toBeUndefined(),
    );
  });

  it("has the URL of a replay and of what was recorded, and the recorded board's own source", async () => {
    const { path } = await recorded("url.mho", async () => {}, "binary");
    await replayed(path, async (board) => {
      expect(board.url).toBe(`replay:${path}#sim:`);
      expect(board.descriptor).toMatchObject({ source: "simulated", uid: "sim-hfox-tsinghua-3" });
    });
  });

  it("says what a board refused then", async () => {
    const beyond = (board: CrossbarBoard) =>
      board
        .pulse({ tile: 0, row: 0, col: 0 }, "set", volts(99), seconds(1e-7))
        .catch((error: Error) => error.message);
    const { path, outcome } = await recorded("refused.mho", beyond, "binary");
    expect(outcome).toMatch(/overLimit/);
    expect((await replayed(path, beyond)).outcome).toBe(outcome);
  });

  it("of a recording that breaks off plays up to there, and says why not further", async () => {
    const { path, outcome } = await recorded("all.mho", manyThings, "binary");
    const { records } = await readRecords(path);
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
    const end = records.findIndex(
      ({ kind, bytes }) => kind === "reply" && text(bytes).includes("ok readCells "),
    );
    const cut = new RecordingFile(join(folder, "cut.mho"));
    for (const record of records.slice(0, end)) cut.append(record);
    cut.close();
    const again = replayed(cut.path, async (board) => {
      const targets = inSiemens(new Float64Array(64).fill(microsiemens(8)));
      const programmed = await board.program({ area, targets, tolerance: microsiemens(1), maxPulses: 40 });
      expect(programmed).toEqual(outcome.programmed);
      await board.readCells(area, 2);
    });
    await expect(again).rejects.toMatchObject({
      code: "NOT_RECORDED",
      facts: { why: "it was asked then too, but the recording ends before its answer" },
    });
  });
});
