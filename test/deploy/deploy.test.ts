import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { MhoError, microsiemens, type ProgramRequest } from "#protocol";
import { deploy, requireDeployed } from "../../src/deploy/index.ts";
import { type ConductanceMap, map } from "../../src/mapping/index.ts";
import { descriptor, type FakeOptions, fakeBoard, hold } from "../fake-board.ts";
import { denseModel } from "../mapping/models.ts";

const made = map(denseModel([30, 20, 5]), descriptor());
const cells = 30 * 20 * 2 + 20 * 5 * 2;
/** 30×20 pairs in bands of 9 rows of 40, then 20×5 pairs at once: (2048 − 48) / 5.04 = 396 cells a chunk. */
const chunks = 4 + 1;

let journal: string;
beforeEach(() => {
  journal = join(mkdtempSync(join(tmpdir(), "mho-")), "map.journal");
});

const linkLost = () => new MhoError("LINK_LOST", { url: "fake:", doing: "programming" });

/** A fake board that tells which areas it was asked to program, and loses its link at program request number `failAt`. */
function watched(options: FakeOptions & { failAt?: number } = {}) {
  const programmed: ProgramRequest[] = [];
  const board = fakeBoard({
    ...options,
    before: (name, request) => {
      if (name !== "program") return;
      if (programmed.length === options.failAt) throw linkLost();
      programmed.push(request as ProgramRequest);
    },
  });
  return { board, programmed };
}

const cellsOf = (requests: readonly ProgramRequest[]): number =>
  requests.reduce((sum, { targets }) => sum + targets.length, 0);

describe("deploying a map", () => {
  it("programs every cell once and reads back what it programmed", async () => {
    const { board, programmed } = watched();
    const report = await deploy(made, board);
    expect(programmed.length).toBe(chunks);
    expect(cellsOf(programmed)).toBe(cells);
    expect(report).toMatchObject({
      cells,
      settled: cells,
      notSettled: 0,
      stuck: 0,
      pulses: cells,
      resumed: 0,
    });
    report.conductances.forEach((read, k) => {
      expect(read).toEqual(made.layers[k]!.targets);
    });
    expect(report.layers.map(({ name, cells: own, rmsWeight }) => [name, own, rmsWeight])).toEqual([
      ["fc1", 1200, 0],
      ["fc2", 200, 0],
    ]);
  });

  it("keeps each request within the frame that the board holds", async () => {
    const { board, programmed } = watched({ descriptor: { maxFrame: 128 } });
    await deploy(made, board);
    expect(Math.max(...programmed.map(({ targets }) => targets.length))).toBe(15);
    expect(cellsOf(programmed)).toBe(cells);
  });

  it("counts cells that do not settle and states the error they leave, in siemens and in weight units", async () => {
    const off = microsiemens(0.5);
    const { board } = watched({ settles: (target) => target + off });
    const report = await deploy(made, board);
    expect(report.notSettled).toBe(cells);
    expect(report.layers[0]!.rmsSiemens).toBeCloseTo(0.5e-6, 10);
    // An error that both devices of each pair share leaves the weights as they are.
    expect(report.layers[0]!.rmsWeight).toBeLessThan(1e-5);
  });

  it("states an error of G⁺ alone in each output's own weight units", async () => {
    const off = 0.5e-6;
    const { board } = watched({ settles: (target, { col }) => target + (col % 2 === 0 ? off : 0) });
    const { gamma } = made.layers[0]!;
    const squares = Array.from(gamma, (siemensAWeight) => (off / siemensAWeight) ** 2);
    expect(Math.max(...gamma) / Math.min(...gamma)).toBeGreaterThan(1.2);
    const wanted = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / gamma.length);
    expect((await deploy(made, board)).layers[0]!.rmsWeight / wanted).toBeCloseTo(1, 3);
  });

  it("reports progress cell by cell up to the last", async () => {
    const marks: [number, number][] = [];
    await deploy(made, watched().board, { onProgress: (done, total) => marks.push([done, total]) });
    expect(marks.at(-1)).toEqual([cells, cells]);
    expect(marks.every(([done], k) => k === 0 || done >= marks[k - 1]![0])).toBe(true);
  });

  it("stops with CANCELLED and an idle board when its signal is aborted", async () => {
    const stop = new AbortController();
    const calls: string[] = [];
    const board = fakeBoard({ before: (name) => void calls.push(name) });
    const deploying = deploy(made, board, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(deploying).rejects.toMatchObject({ code: "CANCELLED", facts: { doing: "programming" } });
    expect(calls).toEqual(["program", "idle"]);
  });

  it("refuses a board of another size", async () => {
    await expect(deploy(made, fakeBoard({ descriptor: { rows: 32 } }))).rejects.toMatchObject({
      code: "MAP_FOR_OTHER_BOARD",
    });
  });
});

describe("a deployment that was cut off", () => {
  const cut = async (options: FakeOptions = {}): Promise<{ cells: Float64Array[] }> => {
    const { board } = watched({ ...options, failAt: 3 });
    await expect(deploy(made, board, { journal })).rejects.toMatchObject({ code: "LINK_LOST" });
    return board;
  };

  it("goes on after the last finished chunk, and reports all cells", async () => {
    const before = await cut();
    const { board, programmed } = watched({ cells: before.cells });
    const report = await deploy(made, board, { journal, resume: true });
    expect(programmed.length).toBe(chunks - 3);
    expect(report).toMatchObject({ cells, settled: cells, pulses: cells, resumed: 1080 });
  });

  it("programs again, after a restart of the board, only the cells that read outside the tolerance", async () => {
    const before = await cut();
    const { area, targets } = { area: made.layers[0]!.blocks[0]!.area, targets: made.layers[0]!.targets };
    const tile = before.cells[area.tile]!;
    const lost = [0, 1, 2, 45];
    for (const k of lost) tile[(area.row + Math.floor(k / 40)) * 64 + area.col + (k % 40)] = 15e-6;
    const { board, programmed } = watched({ cells: before.cells, descriptor: { bootId: 2 } });
    const report = await deploy(made, board, { journal, resume: true });
    const mended = programmed.filter((request) => request.area.rows === 1);
    expect(mended.map(({ area: own }) => [own.row - area.row, own.col - area.col, own.cols])).toEqual([
      [0, 0, 3],
      [1, 5, 1],
    ]);
    expect(cellsOf(programmed)).toBe(lost.length + cells - 1080);
    expect(report.conductances[0]).toEqual(targets);
    expect(report.settled).toBe(cells);
  });

  it("programs all lost cells again where the board forgot them without saying that it restarted", async () => {
    await cut();
    const { board } = watched();
    const report = await deploy(made, board, { journal, resume: true });
    report.conductances.forEach((read, k) => {
      expect(Math.max(...read.map((g, i) => Math.abs(g - made.layers[k]!.targets[i]!)))).toBeLessThanOrEqual(
        made.tolerance,
      );
    });
  });

  it("takes a journal line that a crash cut off as not written", async () => {
    const before = await cut();
    appendFileSync(journal, '{"chunk":3,"boot":1,"sett');
    const { board, programmed } = watched({ cells: before.cells });
    await deploy(made, board, { journal, resume: true });
    expect(programmed.length).toBe(chunks - 3);
    expect(readFileSync(journal, "utf8").trimEnd().split("\n").length).toBe(1 + chunks);
  });

  it("does not go on with the journal of another map", async () => {
    await cut();
    const other: ConductanceMap = map(denseModel([30, 20, 5], { seed: 2 }), descriptor());
    await expect(deploy(other, watched().board, { journal, resume: true })).rejects.toMatchObject({
      code: "JOURNAL_OF_OTHER",
      facts: { what: "map" },
    });
    await expect(deploy(other, watched().board, { journal })).resolves.toMatchObject({ settled: cells });
  });

  it("names a journal that is none, and one that cannot be written", async () => {
    writeFileSync(journal, "not a journal\n");
    await expect(deploy(made, watched().board, { journal, resume: true })).rejects.toMatchObject({
      code: "FILE_BROKEN",
    });
    await expect(deploy(made, watched().board, { journal: "/nowhere/at/all" })).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
    });
  });
});

describe("whether a board holds a map", () => {
  it("is seen from the cells of each layer", async () => {
    const board = fakeBoard();
    hold(board, made);
    await expect(requireDeployed(made, board)).resolves.toBeUndefined();
  });

  it("is refused for an erased board and for one that holds another map", async () => {
    const other = fakeBoard();
    hold(other, map(denseModel([30, 20, 5], { seed: 2 }), descriptor()));
    for (const board of [fakeBoard(), other])
      await expect(requireDeployed(made, board)).rejects.toMatchObject({ code: "NOT_DEPLOYED" });
  });
});
