import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { openPty, serialTransport, wireBoard } from "#drivers";
import { boardContract } from "../../src/testing/index.ts";
import { hasCompiler, hostBoard, type RunningBoard, smallBoard, start } from "./host-board.ts";

describe.skipIf(!hasCompiler)("the firmware on the host board (needs gcc and make)", async () => {
  const started: RunningBoard[] = [];
  const folder = mkdtempSync(join(tmpdir(), "mho-host-"));
  const open = async (program: string, array: string, mode: "binary" | "text" = "binary") => {
    const board = start(program, "--array", join(folder, array));
    started.push(board);
    return wireBoard(board.transport, { mode });
  };
  if (!hasCompiler) return;
  const [usual, small] = await Promise.all([hostBoard(), hostBoard(...smallBoard)]);
  boardContract("the C firmware in binary mode", () => open(usual, "a"));
  boardContract("the C firmware in text mode", () => open(usual, "a", "text"));
  boardContract("the C firmware with frames of 96 bytes and a window of 1", () => open(small, "b"));
  boardContract("the C firmware with frames of 96 bytes in text mode", () => open(small, "b", "text"));

  if (existsSync("/dev/ptmx") && existsSync("/usr/bin/perl"))
    boardContract("the C firmware at a tty", async () => {
      const board = start(usual, "--array", join(folder, "c"));
      started.push(board);
      const { path, transport: tty } = await openPty();
      tty.onData((chunk) => void board.transport.write(chunk).catch(() => {}));
      board.transport.onData((chunk) => void tty.write(chunk).catch(() => {}));
      const serial = await serialTransport(`serial:${path}`);
      serial.onClose(() => void tty.close().then(() => board.transport.close()));
      return wireBoard(serial);
    });

  afterAll(() => {
    // What a sanitizer found would stand here.
    for (const board of started) expect(board.complaints()).toBe("");
  });
});
