import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { simulatedBoard } from "#drivers";
import { type CrossbarBoard, inSiemens, MhoError, seconds, siemens, volts } from "#protocol";
import { readBench } from "./bench/bench-file.ts";
import { budgeted } from "./bench/budget.ts";
import { findBoard } from "./bench/find.ts";
import { soak } from "./bench/soak.ts";

const small = { profile: "hfox-tsinghua", tiles: 1, rows: 16, cols: 16 } as const;
const open = (seed: number): Promise<CrossbarBoard> => simulatedBoard({ ...small, seed });
const area = { tile: 0, row: 0, col: 0, rows: 4, cols: 4 };
const programming = {
  area,
  targets: inSiemens(new Float64Array(16).fill(15e-6)),
  tolerance: siemens(1e-6),
  maxPulses: 50,
};

describe("a bench file", () => {
  it("is read, and what is wrong in it is said", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "mho-bench-")), "bench.json");
    await writeFile(path, JSON.stringify({ uid: "a", urls: ["serial:/dev/x"], limits: { pulses: 5 } }));
    expect(await readBench(path)).toEqual({ uid: "a", urls: ["serial:/dev/x"], limits: { pulses: 5 } });
    await writeFile(path, JSON.stringify({ uid: "a", urls: [], limits: { pulses: -1 } }));
    await expect(readBench(path)).rejects.toMatchObject({ code: "FILE_BROKEN" });
    await expect(readBench(`${path}x`)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });
});

describe("the board of a bench", () => {
  it("is known by its uid, wherever it is plugged in; another one is let go untouched", async () => {
    const closed: string[] = [];
    const opening = async (url: string): Promise<CrossbarBoard> => {
      if (url === "c") throw new MhoError("BOARD_ABSENT", { url, why: "nothing there" });
      const board = await open(url === "b" ? 7 : 3);
      const { close } = board;
      board.close = () => {
        closed.push(url);
        return close.call(board);
      };
      return board;
    };
    const found = await findBoard({ uid: "sim-hfox-tsinghua-7", urls: ["a", "c", "b"] }, opening);
    expect(found.descriptor.uid).toBe("sim-hfox-tsinghua-7");
    expect(closed).toEqual(["a"]);
    await expect(findBoard({ uid: "other", urls: ["a", "c"] }, opening)).rejects.toMatchObject({
      code: "BENCH_BOARD_ABSENT",
      facts: { found: "a is sim-hfox-tsinghua-3; c: BOARD_ABSENT" },
    });
  });

  it("is given no more pulses than its budget has", async () => {
    const real = await open(1);
    const { board, spent } = await budgeted(real, { pulses: 40, pulseVoltage: 1 });
    for (let calls = 0; calls < 20; calls++) {
      const done = await board.program(programming).catch((error: MhoError) => error);
      if (!(done instanceof MhoError)) continue;
      expect(done.code).toBe("WEAR_SPENT");
      break;
    }
    expect(await spent()).toBeGreaterThan(16);
    expect(await spent()).toBeLessThanOrEqual(40);
    const cell = { tile: 0, row: 0, col: 0 };
    while ((await spent()) < 40) await board.pulse(cell, "set", volts(1), seconds(1e-7));
    const spentPulse = board.pulse(cell, "set", volts(1), seconds(1e-7));
    await expect(spentPulse).rejects.toMatchObject({ code: "WEAR_SPENT" });
    expect((await real.sense()).pulses).toBe(40);
  });

  it("is given no pulse beyond the bench's limits, though the board would take it", async () => {
    const { board } = await budgeted(await open(1), { pulses: 40, pulseVoltage: 1 });
    const high = board.pulse({ tile: 0, row: 0, col: 0 }, "set", volts(1.5), seconds(1e-7));
    await expect(high).rejects.toMatchObject({ code: "BOARD_REFUSED" });
  });

  it("soaks: reads on and on, and stops where it is too hot", async () => {
    const board = await open(1);
    const found = await soak(board, { readOuts: 3500, hottest: 350 });
    expect(found).toMatchObject({ readOuts: 3500, hottest: 300, link: { crcErrors: 0, gaps: 0 } });
    expect(Math.abs(found.last - found.first)).toBeLessThan(1);
    await expect(soak(board, { readOuts: 10, hottest: 290 })).rejects.toMatchObject({
      code: "BENCH_TOO_HOT",
    });
    expect((await board.sense()).idle).toBe(true);
  });
});
