import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { wireBoard } from "#drivers";
import { type BothLinkFigures, seconds, volts } from "#protocol";
import { hasCompiler, hostBoard, start } from "./host-board.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-figures-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What each end sent and the other did not count as received. */
const lost = ({ host, board }: BothLinkFigures) => ({
  framesToBoard: host.framesOut - board.framesIn,
  bytesToBoard: host.bytesOut - board.bytesIn,
  framesToHost: board.framesOut - host.framesIn,
  bytesToHost: board.bytesOut - host.bytesIn,
});
const nothing = { framesToBoard: 0, bytesToBoard: 0, framesToHost: 0, bytesToHost: 0 };

describe.skipIf(!hasCompiler)("the link figures of the C firmware (needs gcc and make)", () => {
  it.each(["binary", "text"] as const)("agree with the host's to the byte in %s mode", async (mode) => {
    const running = start(await hostBoard(), "--array", join(folder, mode));
    await using board = await wireBoard(running.transport, { mode });
    const first = await board.linkFigures();
    expect(lost(first)).toEqual(nothing);
    const { rows, cols } = board.descriptor;
    const area = { tile: 0, row: 0, col: 0, rows: Math.min(rows, 8), cols: Math.min(cols, 8) };
    await board.pulse({ tile: 0, row: 0, col: 0 }, "set", volts(1), seconds(1e-7));
    await Promise.all([board.readCells(area, 3), board.sense(), board.sense()]);
    const codes = new Int16Array(area.rows * 2);
    await board.readOut({ area, range: 0, codes, vectors: 2, repeats: 300, firstSample: 0 });
    const last = await board.linkFigures(20);
    expect(lost(last)).toEqual(nothing);
    expect(last.board.bytesIn).toBeGreaterThan(first.board.bytesIn + 20 * 14);
    expect(last.board).toMatchObject({ crcErrors: 0, discarded: 0, duplicates: 0 });
    expect(last.host).toMatchObject({ crcErrors: 0, discarded: 0, duplicates: 0, retransmits: 0 });
  });
});
