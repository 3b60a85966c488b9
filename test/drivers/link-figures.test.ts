import { afterAll, describe, expect, it } from "vitest";
import {
  type FaultKind,
  type LinkFault,
  pipedBoard,
  serialTransport,
  servePty,
  serveTcp,
  simulatedBoard,
  tcpTransport,
  wireBoard,
} from "#drivers";
import { type BothLinkFigures, type CrossbarBoard, inSiemens, microsiemens, seconds, volts } from "#protocol";
import { ledgerCore } from "./ledger-core.ts";
import { steppedClock } from "./stepped-clock.ts";

const settings = { maxFrame: 256, seed: 1, tiles: 1, rows: 8, cols: 8, profile: "ideal" };
const area = { tile: 0, row: 0, col: 0, rows: 8, cols: 8 };

/** Requests of every kind: changes, queries, a stream of many chunks. */
async function work(board: CrossbarBoard): Promise<void> {
  const targets = inSiemens(new Float64Array(64).fill(microsiemens(5)));
  await board.program({ area, targets, tolerance: microsiemens(1), maxPulses: 50 });
  await board.pulse({ tile: 0, row: 1, col: 2 }, "set", volts(1), seconds(1e-7));
  await Promise.all([board.readCells(area, 4), board.sense(), board.sense()]);
  await board.readOut({
    area,
    range: 0,
    codes: new Int16Array(24),
    vectors: 3,
    repeats: 400,
    firstSample: 0,
  });
}

const ways = {
  framesIn: "framesOut",
  bytesIn: "bytesOut",
  framesOut: "framesIn",
  bytesOut: "bytesIn",
} as const;
/** What each figure of the host counts less than its counterpart at the board. */
const lost = ({ host, board }: BothLinkFigures) =>
  Object.fromEntries(
    Object.entries(ways).map(([mine, theirs]) => [mine, board[theirs] - host[mine as keyof typeof ways]]),
  );
const nothing = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0 };
const spotless = { crcErrors: 0, discarded: 0, duplicates: 0 };

describe("the figures of both ends of a quiet link", () => {
  const closing: AsyncDisposable[] = [];
  afterAll(async () => {
    for (const each of closing.reverse()) await each[Symbol.asyncDispose]();
  });
  const opened = <T extends AsyncDisposable>(each: T): T => {
    closing.push(each);
    return each;
  };

  it.each(["binary", "text"] as const)(
    "are equal to the byte from the first one on, in %s mode over a pipe",
    async (mode) => {
      await using board = await simulatedBoard(settings, { mode });
      expect(lost(await board.linkFigures())).toEqual(nothing);
      await work(board);
      const figures = await board.linkFigures(5);
      expect(lost(figures)).toEqual(nothing);
      expect(figures.board).toMatchObject(spotless);
      expect(figures.host).toMatchObject({ ...spotless, retransmits: 0, gaps: 0 });
      expect(figures.host.framesIn).toBeGreaterThan(figures.host.framesOut); // the chunks of the read-out
    },
  );

  it("are equal to the byte over TCP", async () => {
    const server = opened(await serveTcp(settings, "127.0.0.1", 0));
    await using board = await wireBoard(await tcpTransport(server.url));
    await work(board);
    const figures = await board.linkFigures();
    expect(lost(figures)).toEqual(nothing);
    expect([figures.host, figures.board]).toMatchObject([spotless, spotless]);
  });

  it("grow alike over a tty, whose banner may be gone before the host opens it", async () => {
    const server = opened(await servePty(settings));
    await using board = await wireBoard(await serialTransport(server.url));
    const before = lost(await board.linkFigures());
    expect(before).toMatchObject({ framesIn: 0, framesOut: 0, bytesOut: 0 });
    await work(board);
    const figures = await board.linkFigures();
    expect(lost(figures)).toEqual(before);
    expect([figures.host, figures.board]).toMatchObject([spotless, spotless]);
  });

  it("count a second host's session apart: the board goes on from the first, the host begins anew", async () => {
    const server = opened(await serveTcp(settings, "127.0.0.1", 0));
    const one = await wireBoard(await tcpTransport(server.url));
    const first = await one.linkFigures();
    await one.close();
    await using two = await wireBoard(await tcpTransport(server.url));
    const second = await two.linkFigures();
    expect(second.host).toMatchObject({ framesIn: first.host.framesIn, bytesOut: first.host.bytesOut });
    // The rest of the first session: the answer to its question for figures, and idle with its answer.
    expect(lost(second).framesIn).toBe(first.board.framesOut + 2);
    expect(lost(second).framesOut).toBe(first.board.framesIn + 1);
  });
});

interface Torn {
  readonly figures: BothLinkFigures;
  readonly faults: readonly LinkFault[];
}

const pulse = (board: CrossbarBoard, row: number): Promise<void> =>
  board.pulse({ tile: 0, row, col: 1 }, "set", volts(1), seconds(1e-7));

async function pulsesAndReads(board: CrossbarBoard): Promise<void> {
  for (let i = 0; i < 100; i++) {
    await pulse(board, i % 8);
    await board.readOut({
      ...{ area, range: 0, codes: new Int16Array(8), vectors: 1, repeats: 20, firstSample: i },
    });
  }
}

/** Works on a board behind a link with seeded faults, until no more happen; then both ends are asked. */
async function torn(
  chances: { readonly [K in FaultKind]?: number },
  seed: number,
  work = pulsesAndReads,
): Promise<Torn> {
  const clock = steppedClock();
  const faults: LinkFault[] = [];
  const onFault = (fault: LinkFault): void => void faults.push(fault);
  const run = async (): Promise<BothLinkFigures> => {
    // The greeting is lines and a hello; from then on a chunk is a frame.
    const linkFaults = { seed, chances, from: 6, until: 600, onFault };
    const board = await pipedBoard(ledgerCore({ watchdog: seconds(600) }), { clock, linkFaults });
    await work(board);
    // Chunks past the 600th of either way are left alone, and the last fault's traces go by.
    for (let i = 0; i < 700; i++) await board.sense();
    return board.linkFigures();
  };
  return { figures: await clock.run(run()), faults };
}

const of = (faults: readonly LinkFault[], way: LinkFault["way"], kind?: FaultKind): LinkFault[] =>
  faults.filter((fault) => fault.way === way && (kind === undefined || fault.kind === kind));
const bytesOf = (faults: readonly LinkFault[]): number => faults.reduce((sum, { bytes }) => sum + bytes, 0);

describe("the figures of both ends of a bad link", () => {
  const all = { drop: 0.02, duplicate: 0.02, flip: 0.02, cut: 0.02, merge: 0.02, delay: 0.02, stall: 0.002 };

  it.each([1, 2, 3])(
    "differ by just the bytes that faults took and added, whatever happened (seed %i)",
    async (seed) => {
      const { figures, faults } = await torn(all, seed);
      expect(faults.length).toBeGreaterThan(50);
      expect(lost(figures)).toMatchObject({
        bytesOut: bytesOf(of(faults, "toBoard")),
        bytesIn: -bytesOf(of(faults, "toHost")),
      });
    },
  );

  it.each([4, 5, 8])("differ by just the frames that were dropped and doubled (seed %i)", async (seed) => {
    const { figures, faults } = await torn({ drop: 0.03, duplicate: 0.03 }, seed);
    const net = (way: LinkFault["way"]): number =>
      of(faults, way, "duplicate").length - of(faults, way, "drop").length;
    expect(of(faults, "toBoard", "drop").length).toBeGreaterThan(3);
    expect(lost(figures)).toMatchObject({ framesOut: net("toBoard"), framesIn: 0 - net("toHost") });
    expect(figures.host).toMatchObject({ crcErrors: 0, discarded: 0 });
    expect(figures.board).toMatchObject({ crcErrors: 0 });
  });

  it("show every copy of a change at the board, and every copy of its answer at the host", async () => {
    const { figures, faults } = await torn({ duplicate: 0.05 }, 6, async (board) => {
      for (let i = 0; i < 600; i++) await pulse(board, i % 8);
    });
    const [toBoard, toHost] = [of(faults, "toBoard").length, of(faults, "toHost").length];
    expect(Math.min(toBoard, toHost)).toBeGreaterThan(10);
    expect(figures.board.duplicates).toBe(toBoard);
    expect(figures.host.duplicates).toBe(toHost); // the copy of a request came while it was carried out
    expect(figures.host.retransmits).toBe(0);
  });

  it("show a damaged frame where it arrived", async () => {
    const { figures, faults } = await torn({ flip: 0.02 }, 7);
    const [toBoard, toHost] = [of(faults, "toBoard").length, of(faults, "toHost").length];
    expect(Math.min(toBoard, toHost)).toBeGreaterThan(3);
    // One frame for each flip; a flipped delimiter takes a second one with it.
    expect(-lost(figures).framesOut!).toBeGreaterThanOrEqual(toBoard);
    expect(-lost(figures).framesOut!).toBeLessThanOrEqual(2 * toBoard);
    expect(lost(figures).framesIn).toBeGreaterThanOrEqual(toHost);
    expect(lost(figures).framesIn).toBeLessThanOrEqual(2 * toHost);
    expect(figures.board.discarded).toBeGreaterThan(0);
    expect(figures.host.discarded).toBeGreaterThan(0);
  });
});
