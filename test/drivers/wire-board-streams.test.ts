import { describe, expect, it } from "vitest";
import { type LinkFaults, pipedBoard, simulatedBoard } from "#drivers";
import {
  type CrossbarBoard,
  capabilities,
  type ForwardPlan,
  type ForwardRequest,
  isMhoError,
  type PlanLayer,
} from "#protocol";
import { ledgerCode, ledgerCore } from "./ledger-core.ts";
import { profileWith } from "./simulated.ts";
import { steppedClock } from "./stepped-clock.ts";

const area = { tile: 0, row: 0, col: 0, rows: 8, cols: 8 };
const reading = { area, range: 0, codes: new Int16Array(40), vectors: 5, repeats: 30, firstSample: 7 };

const layer = (changes: Partial<PlanLayer> = {}): PlanLayer => ({
  ...{ inputs: 8, outputs: 4, range: 0, average: 1, signs: [1, -1], twoPhases: false, relu: false },
  ...{ low: -256, high: 255, blocks: [{ ...area, input: 0, output: 0 }] },
  scale: new Float32Array(4).fill(1),
  bias: new Float32Array(4),
  offset: new Float32Array(4),
  floor: new Float32Array(4),
  topUp: undefined,
  ...changes,
});
const planOf = (changes: Partial<PlanLayer> = {}): ForwardPlan => ({
  outputBits: 9,
  layers: [layer(changes)],
});
const running = (plan: ForwardPlan, items = 7): ForwardRequest => ({
  ...{ plan, items, samples: 9, firstItem: 3, seed: 5 },
  inputs: Int16Array.from({ length: items * 8 }, (_, i) => (i % 3) * 40),
});
const ledgerOutputs = (items: number): Int16Array =>
  Int16Array.from({ length: items * 9 * 4 }, (_, i) => ledgerCode(3 * 9 + Math.floor(i / 4), i % 4));

/** Both words of one sum over the codes that the ledger gives vector `v`. */
function momentsOfLedger(v: number, col: number): { mean: number; variance: number } {
  const codes = Array.from({ length: 30 }, (_, r) => ledgerCode(7 + v * 30 + r, col));
  const mean = codes.reduce((a, b) => a + b, 0) / 30;
  return { mean, variance: codes.reduce((sum, code) => sum + (code - mean) ** 2, 0) / 29 };
}

async function withFaults<T>(linkFaults: LinkFaults, act: (board: CrossbarBoard) => Promise<T>): Promise<T> {
  const clock = steppedClock();
  return clock.run(pipedBoard(ledgerCore(), { clock, linkFaults }).then(act));
}

describe("moments of read-outs", () => {
  it.each([
    ["on the board", {}],
    ["on the board, in small frames", { maxFrame: 64 }],
    ["on the host where the board cannot add", { capabilities: ["readOut"] as const }],
  ])("are those of the codes, worked out %s", async (_, changes) => {
    const board = await pipedBoard(ledgerCore(changes));
    const { means, variances, saturated } = await board.readMoments(reading);
    expect(saturated).toBe(0);
    expect(means).toHaveLength(40);
    for (let at = 0; at < 40; at++) {
      const wanted = momentsOfLedger(at >> 3, at & 7);
      expect(means[at]).toBeCloseTo(wanted.mean, 9);
      expect(variances[at]).toBeCloseTo(wanted.variance, 6);
    }
    await board.close();
  });

  it("come whole over the wire: sums below zero, squares beyond 32 bits, and saturated codes of every part", async () => {
    const core = ledgerCore({ maxFrame: 64 });
    core.readMoments = (request, _inputs, _first, count) => ({
      sums: new Float64Array(count * request.cols).fill(-70_000),
      squares: new Float64Array(count * request.cols).fill(2 ** 33 + 5),
      saturated: 3 * count,
    });
    const board = await pipedBoard(core);
    const { means, variances, saturated } = await board.readMoments(reading);
    expect(new Set(means)).toEqual(new Set([-70_000 / 30]));
    expect(variances[39]).toBeCloseTo((2 ** 33 + 5 - 70_000 ** 2 / 30) / 29, 3);
    expect(saturated % 15).toBe(0); // 5 vectors, in as many parts of columns as the frames ask for
    expect(saturated).toBeGreaterThan(0);
  });

  it("survive lost chunks, each vector counted once", async () => {
    const quiet = await withFaults({}, (board) => board.readMoments(reading));
    const found = await withFaults({ seed: 3, chances: { drop: 0.2, flip: 0.1 } }, (board) =>
      board.readMoments(reading),
    );
    expect(found.means).toEqual(quiet.means);
    expect(found.variances).toEqual(quiet.variances);
  });

  it("cost the wire a fraction of the codes", async () => {
    const bytes = async (what: "readOut" | "readMoments"): Promise<number> => {
      const board = await simulatedBoard({ profile: "ideal", tiles: 1 });
      const wide = { ...area, rows: 64, cols: 128 };
      await board[what]({ ...reading, area: wide, range: 3, codes: new Int16Array(64 * 5), repeats: 1000 });
      return (await board.linkFigures()).host.bytesIn;
    };
    // 12 bytes a column for 1000 codes of 12 bits: 1/125 and the hello.
    expect((await bytes("readOut")) / (await bytes("readMoments"))).toBeGreaterThan(60);
  });
});

describe("auto-zero", () => {
  it("takes the offset of converter and columns off every code", async () => {
    const profile = await profileWith("ideal", (p) => {
      const zero = { value: 0, assumed: true };
      p.columns = { gain: zero, offset: { value: 25, assumed: true } };
    });
    const board = await simulatedBoard({ profile, tiles: 1, faults: { adcOffset: 3e-6 } });
    const dark = { ...reading, range: 3, codes: new Int16Array(40), repeats: 4 };
    const raw = await board.readOut(dark);
    expect(Math.max(...raw.codes.map(Math.abs))).toBeGreaterThan(20);
    const zeroed = await board.readOut({ ...dark, zeros: 8 });
    expect([...new Set(zeroed.codes)]).toEqual([0]);
    const moments = await board.readMoments({ ...dark, zeros: 8 });
    expect([...new Set(moments.means)]).toEqual([0]);
  });
});

describe("a stored network", () => {
  it.each([40_000, 128, 64])("runs the same whatever frames the board takes (%i bytes)", async (maxFrame) => {
    const board = await pipedBoard(ledgerCore({ maxFrame }));
    const { codes } = await board.forward(running(planOf(), 40));
    expect(codes).toEqual(ledgerOutputs(40));
    await board.close();
  });

  it("runs the same in text mode", async () => {
    const board = await pipedBoard(ledgerCore(), { mode: "text" });
    expect((await board.forward(running(planOf()))).codes).toEqual(ledgerOutputs(7));
  });

  it("is stored once, and again after another took its place", async () => {
    const board = await pipedBoard(ledgerCore());
    const [one, two] = [planOf(), planOf({ bias: new Float32Array(4).fill(2) })];
    const sent = async (plan: ForwardPlan): Promise<number> => {
      const before = (await board.linkFigures()).host.framesOut;
      await board.forward(running(plan));
      return (await board.linkFigures()).host.framesOut - before;
    };
    const stored = await sent(one);
    const again = await sent(one);
    expect(stored - again).toBeGreaterThan(0);
    expect(await sent(two)).toBe(stored);
    expect(await sent(one)).toBe(stored);
    expect(await sent(one)).toBe(again);
  });

  it("numbers its items round to 0 after 2^32, request by request", async () => {
    const core = ledgerCore({ maxFrame: 64 });
    const { forward } = core;
    const seen = new Set<number>();
    core.forward = (plan, asked, inputs, first, count) => {
      for (let item = 0; item < asked.items; item++) seen.add((asked.firstItem + item) % 2 ** 32);
      return forward(plan, asked, inputs, first, count);
    };
    const board = await pipedBoard(core);
    await board.forward({ ...running(planOf(), 20), firstItem: 2 ** 32 - 5 });
    expect([...seen].sort((a, b) => a - b)).toEqual([
      ...Array.from({ length: 15 }, (_, i) => i),
      ...Array.from({ length: 5 }, (_, i) => 2 ** 32 - 5 + i),
    ]);
  });

  it("keeps two callers' plans apart", async () => {
    const board = await pipedBoard(ledgerCore());
    const [a, b] = await Promise.all([
      board.forward(running(planOf())),
      board.forward(running(planOf({ relu: true }))),
    ]);
    expect(a.codes).toEqual(ledgerOutputs(7));
    expect(b.codes).toEqual(ledgerOutputs(7));
  });

  it("loses and doubles no sample on a bad link", async () => {
    for (const seed of [1, 2, 3]) {
      const chances = { drop: 0.1, duplicate: 0.1, flip: 0.05, cut: 0.05 };
      const { codes } = await withFaults({ seed, chances }, (board) => board.forward(running(planOf(), 20)));
      expect(codes).toEqual(ledgerOutputs(20));
    }
  });

  it.each([
    [
      "a block beyond the array",
      planOf({ blocks: [{ ...area, row: 7, input: 0, output: 0 }] }),
      "BOARD_REFUSED",
    ],
    ["a converter range that is not there", planOf({ range: 9 }), "BOARD_REFUSED"],
    ["layers that do not fit", { outputBits: 9, layers: [layer(), layer()] }, "BOARD_REFUSED"],
  ])("is refused with %s", async (_, plan, code) => {
    const board = await pipedBoard(ledgerCore());
    const error = await board.forward(running(plan)).catch((reason: unknown) => reason);
    expect(isMhoError(error) && error.code).toBe(code);
    expect((await board.forward(running(planOf()))).codes).toEqual(ledgerOutputs(7));
  });

  it("is not for a board that lacks the capability, whose frames are too short for an input, or for more samples than the wire counts", async () => {
    const wide = planOf({ inputs: 800, blocks: [] });
    const able = capabilities.filter((name) => name !== "forward");
    for (const [plan, changes, samples] of [
      [planOf(), { capabilities: able }, 9],
      [wide, { maxFrame: 256 }, 9],
      [planOf(), {}, 65_536],
    ] as const) {
      const board = await pipedBoard(ledgerCore(changes));
      const inputs = new Int16Array(7 * plan.layers[0]!.inputs);
      const request = { ...running(plan), inputs, samples };
      const error = await board.forward(request).catch((reason: unknown) => reason);
      expect(isMhoError(error) && error.code).toBe("CAPABILITY_MISSING");
    }
  });
});
