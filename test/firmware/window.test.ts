import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flagLast, noRequest, protocolVersion, tableHash } from "#protocol";
import { hasCompiler, hostBoard } from "./host-board.ts";
import { closes, refusalOf, request, terminal } from "./terminal.ts";

const cell = { tile: 0, row: 3, col: 7, rows: 1, cols: 1, repeats: 1 };
const reading = {
  ...{
    tile: 0,
    row: 0,
    col: 0,
    rows: 4,
    cols: 16,
    range: 1,
    vectors: 1,
    repeats: 60_000,
    firstSample: 0,
    zeros: 0,
  },
  inputs: Uint8Array.of(1, 2, 3, 4),
  chunks: [],
};

describe.skipIf(!hasCompiler)("the C endpoint's window (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard() : "";

  it("has room for four requests that the host has open, whatever copies of older ones still wait", async () => {
    const host = terminal(program, "--array", join(mkdtempSync(join(tmpdir(), "mho-array-")), "array"));
    await host.binary();
    await host.send(request("hello", { ...protocolVersion, tableHash }, { seq: 0xfffe, oldest: noRequest }));
    await host.next(closes(0xfffe));
    await host.send(request("readOut", reading, { seq: 7, oldest: 5 }));
    await host.next(({ re }) => re === 7);
    // A copy of request 5 that was long underway; its answer has reached the host meanwhile.
    await host.send(request("readCells", cell, { seq: 5, oldest: 5 }));
    for (const seq of [8, 9, 10]) await host.send(request("readCells", cell, { seq, oldest: 7 }));
    await host.send(request("ping", { token: 1 }, { seq: 11, oldest: 7 }));
    await host.next((frame) => {
      expect(frame.re).not.toBe(10);
      return closes(11)(frame);
    });
    await host.send(request("abort", {}, { seq: 12, oldest: 7 }));
    const ends = [];
    while (ends.length < 5) ends.push(await host.next((frame) => (frame.flags & flagLast) === 1));
    expect(ends.map(({ re }) => re)).toEqual([7, 12, 8, 9, 10]);
    expect(refusalOf(ends[0]!)).toBe("aborted");
    await host.close();
    expect(host.board.complaints()).toBe("");
  });
});
