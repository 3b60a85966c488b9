import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { flagLast, helpText, idOf } from "#protocol";
import { readArray } from "./array-file.ts";
import { hasCompiler, hostBoard, smallBoard } from "./host-board.ts";
import { cell, programming, pulse, reading } from "./requests.ts";
import {
  bytesOf,
  closes,
  hello,
  openSession,
  refusalOf,
  replyOf,
  request,
  type Terminal,
  terminal,
} from "./terminal.ts";

describe.skipIf(!hasCompiler)("the C endpoint (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard() : "";
  let array = "";
  let host: Terminal;
  const begin = (...options: string[]): void => {
    host = terminal(program, "--array", array, ...options);
  };
  const open = (): Promise<void> => openSession(host);
  /** Everything in the board's queue before this has been carried out. */
  const settled = async (seq: number): Promise<void> => {
    await host.send(request("plan", {}, { seq }));
    await host.next(closes(seq));
  };
  const close = async (): Promise<void> => {
    await host.close();
    expect(host.board.complaints()).toBe("");
  };
  beforeEach(() => {
    array = join(mkdtempSync(join(tmpdir(), "mho-array-")), "array");
  });

  it("helps as the host's own text mode does", async () => {
    begin();
    const [banner, ...lines] = await host.type("help");
    expect(banner).toMatch(
      /^mho board host-1, mho firmware 0\.1, host, protocol 1\.0, boot [\da-f]{8}; try help$/,
    );
    expect(lines).toEqual([...helpText(), "ok help"]);
    await close();
  });

  it("carries out a change once however often it comes, and says its answer again", async () => {
    begin();
    await open();
    const frame = request("pulse", pulse, { seq: 1 });
    for (let copy = 0; copy < 5; copy++) {
      await host.send(frame);
      expect(replyOf("pulse", await host.next(closes(1))).pulses).toBe(1);
    }
    expect(readArray(array).pulses[3 * 64 + 7]).toBe(1);
    await host.send(request("linkFigures", {}, { seq: 2 }));
    expect(replyOf("linkFigures", await host.next(closes(2))).duplicates).toBe(4);
    await close();
  });

  it("drops a copy of a change that is older than what the host waits for, also a long time later", async () => {
    begin();
    await open();
    const frame = request("pulse", pulse, { seq: 1 });
    await host.send(frame);
    await host.next(closes(1));
    await settled(2);
    await host.send(frame);
    await settled(3);
    await host.send(frame);
    await host.send(request("sense", {}, { seq: 4 }));
    expect(replyOf("sense", await host.next(closes(4))).pulses).toBe(1);
    await close();
  });

  it("refuses a numbered change before any hello, carries out a person's", async () => {
    begin();
    await host.binary();
    await host.send(request("pulse", pulse, { seq: 1 }));
    expect(refusalOf(await host.next(closes(1)))).toBe("noSession");
    await host.send(bytesOf("\0\ntext\n\0"));
    await close();
    begin();
    expect((await host.type("pulse 0 3 7 0 1.5 1e-6")).at(-1)).toBe("ok pulse pulses=1");
    await close();
  });

  it("ends a session by `text` in binary mode: what ran gets no answer, kept answers are forgotten", async () => {
    begin();
    await open();
    await host.send(request("pulse", pulse, { seq: 1 }));
    await host.next(closes(1));
    await host.send(request("readOut", reading(50_000), { seq: 2 }));
    await host.next((frame) => frame.re === 2);
    await host.send(bytesOf("\0\ntext\n\0"));
    await host.send(bytesOf("\0\nbinary\n\0"));
    await host.send(hello());
    const first = await host.next((frame) => (frame.flags & flagLast) === 1);
    expect(first.re).toBe(0xfffe);
    await host.send(request("pulse", pulse, { seq: 1 }));
    const second = await host.next((frame) => (frame.flags & flagLast) === 1);
    expect([second.re, replyOf("pulse", second).pulses]).toEqual([1, 2]);
    await close();
  });

  it("refuses what it does not know or cannot read, and queues the reasons", async () => {
    begin();
    await open();
    await host.send(request("readOut", { ...reading(1), range: 9 }, { seq: 4 }));
    expect(refusalOf(await host.next(closes(4)))).toBe("overLimit");
    await host.send(request("readCells", { ...cell, rows: 99, cols: 1, repeats: 1 }, { seq: 5 }));
    expect(refusalOf(await host.next(closes(5)))).toBe("outOfArray");
    await host.send(request("program", programming(3, 20_000), { seq: 6 }));
    expect(refusalOf(await host.next(closes(6)))).toBe("overLimit");
    const codes: [number, number][] = [];
    for (let seq = 7; seq < 11; seq++) {
      await host.send(request("nextError", {}, { seq }));
      const { code, left } = replyOf("nextError", await host.next(closes(seq)));
      codes.push([code, left]);
    }
    expect(codes).toEqual([
      [4, 2],
      [3, 1],
      [4, 0],
      [0, 0],
    ]);
    await close();
  });

  it("has another boot id after a power cut, and the same cells", async () => {
    begin();
    await open();
    await host.send(request("pulse", pulse, { seq: 1 }));
    await host.next(closes(1));
    const before = readArray(array);
    await close();
    begin();
    await open();
    await host.send(request("sense", {}, { seq: 1 }));
    expect(replyOf("sense", await host.next(closes(1))).pulses).toBe(0);
    const after = readArray(array);
    expect(after.boots).toBe(before.boots + 1);
    expect(after.siemens).toEqual(before.siemens);
    expect(after.pulses).toEqual(before.pulses);
    expect(existsSync(array)).toBe(true);
    await close();
  });

  it("refuses one request more than its window, and carries out the others", async () => {
    begin();
    await open();
    await host.send(request("readOut", reading(40_000), { seq: 1 }));
    await host.next((frame) => frame.re === 1);
    for (let seq = 2; seq <= 5; seq++) await host.send(request("plan", {}, { seq, oldest: 1 }));
    expect(refusalOf(await host.next(closes(5)))).toBe("busy");
    for (let seq = 1; seq <= 4; seq++) expect((await host.next(closes(seq))).id).not.toBe(0xff);
    await close();
  });

  it("with a window of 1 takes the next request as soon as the host gives up the one under way", async () => {
    host = terminal(await hostBoard(...smallBoard));
    await open();
    await host.send(request("readOut", reading(60_000), { seq: 1 }));
    await host.next((frame) => frame.re === 1);
    await host.send(request("readOut", reading(3), { seq: 2, oldest: 2 }));
    expect(refusalOf(await host.next(closes(1)))).toBe("aborted");
    expect((await host.next(closes(2))).id).toBe(idOf("readOut", "reply"));
    await close();
  });

  it("goes back to text mode on `textMode`, and leaves the session as it is", async () => {
    begin();
    await open();
    const frame = request("pulse", pulse, { seq: 1 });
    await host.send(frame);
    await host.next(closes(1));
    await host.send(request("textMode", {}, { seq: 2, oldest: 1 }));
    await host.next(closes(2));
    await host.send(bytesOf("binary\n\0"));
    await host.send(frame);
    expect(replyOf("pulse", await host.next(closes(1))).pulses).toBe(1);
    await close();
  });

  it("is up again after garbage of any kind, at the next delimiter", async () => {
    begin();
    await open();
    const garbage = Uint8Array.from({ length: 70_000 }, (_, i) => 1 + ((i * 7919) % 255));
    await host.send(garbage);
    await host.send(Uint8Array.of(0));
    await host.send(request("linkFigures", {}, { seq: 5 }));
    const figures = replyOf("linkFigures", await host.next(closes(5)));
    expect(figures.discarded).toBe(garbage.length);
    await host.send(request("nextError", {}, { seq: 6 }));
    expect(replyOf("nextError", await host.next(closes(6))).code).toBe(8);
    await close();
  });
});
