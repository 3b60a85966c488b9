import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { flagLast, helpText, idOf, noRequest, protocolVersion, tableHash, unpackSamples } from "#protocol";
import { readArray } from "./array-file.ts";
import { hasCompiler, hostBoard, smallBoard } from "./host-board.ts";
import { bytesOf, closes, refusalOf, replyOf, request, type Terminal, terminal } from "./terminal.ts";

const hello = { ...protocolVersion, tableHash };
const cell = { tile: 0, row: 3, col: 7 };
const pulse = { ...cell, polarity: 0, amplitude: 1.5, width: 1e-6 };
const programming = (cells: number, target: number) => ({
  ...{ tile: 0, row: 0, col: 0, rows: 1, cols: cells, tolerance: 100, maxPulses: 200 },
  targets: Int16Array.from({ length: cells }, () => target),
});
const reading = (repeats: number) => ({
  ...{ tile: 0, row: 0, col: 0, rows: 4, cols: 16, range: 1, vectors: 1, repeats, firstSample: 0, zeros: 0 },
  inputs: Uint8Array.of(1, 2, 3, 4),
  chunks: [],
});

describe.skipIf(!hasCompiler)("the C endpoint (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard() : "";
  let array = "";
  let host: Terminal;
  const begin = (...options: string[]): void => {
    host = terminal(program, "--array", array, ...options);
  };
  /** A session in binary mode, its hello answered. */
  const open = async (): Promise<void> => {
    await host.binary();
    await host.send(request("hello", hello, { seq: 0xfffe, oldest: noRequest }));
    await host.next(closes(0xfffe));
  };
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
    await host.send(request("hello", hello, { seq: 0xfffe, oldest: noRequest }));
    const first = await host.next((frame) => (frame.flags & flagLast) === 1);
    expect(first.re).toBe(0xfffe);
    await host.send(request("pulse", pulse, { seq: 1 }));
    expect(replyOf("pulse", await host.next(closes(1))).pulses).toBe(2);
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

  it("answers a ping between the samples of a long read-out, and aborts it before the abort is answered", async () => {
    begin();
    await open();
    await host.send(request("readOut", reading(60_000), { seq: 1 }));
    await host.next((frame) => frame.re === 1);
    await host.send(request("ping", { token: 9 }, { seq: 2, oldest: 1 }));
    expect(replyOf("ping", await host.next(closes(2))).token).toBe(9);
    await host.send(request("abort", {}, { seq: 3, oldest: 1 }));
    const ended = await host.next((frame) => (frame.flags & flagLast) === 1);
    expect([ended.re, refusalOf(ended)]).toEqual([1, "aborted"]);
    expect((await host.next((frame) => (frame.flags & flagLast) === 1)).re).toBe(3);
    await close();
  });

  it("goes to the safe state by itself when the host falls silent in a program, within the watchdog's time", async () => {
    // A pulse takes 10 ms of the board's time, so the watchdog's second passes at once.
    begin("--pulse-time", "10000");
    await open();
    await host.send(request("program", programming(64, 9000), { seq: 1 }));
    const refused = await host.next(closes(1));
    expect(refusalOf(refused)).toBe("aborted");
    expect(replyOf("refused", refused).facts).toBe("watchdog");
    const { lastPulse, lastSafe, driven, pulses } = readArray(array);
    expect(driven).toBe(false);
    expect(lastSafe).toBeGreaterThanOrEqual(lastPulse);
    // About a second in pulses of 10 ms, and no more than the one that was under way.
    const given = pulses.reduce((a, b) => a + b, 0);
    expect(given).toBeGreaterThan(90);
    expect(given).toBeLessThan(110);
    await close();
  });

  it("tells how far a program is at least every 0.2 s of its time", async () => {
    begin("--pulse-time", "30000");
    await open();
    await host.send(request("program", programming(40, 5000), { seq: 1 }));
    const told: number[] = [];
    for (;;) {
      const frame = await host.next(({ re }) => re === 1);
      if (frame.id !== idOf("progress", "reply")) break;
      told.push(replyOf("progress", frame).pulses);
      // Signs of life, or the watchdog would end it.
      await host.send(request("ping", { token: 0 }, { seq: 2 + told.length, oldest: 1 }));
    }
    expect(told.length).toBeGreaterThan(4);
    // Pulses take 0.03 s: between two reports at most 0.2 s worth of them.
    for (let i = 1; i < told.length; i++) expect(told[i]! - told[i - 1]!).toBeLessThanOrEqual(6);
    await close();
  });

  it("gives up cells that do not move, and leaves them at what it reports", async () => {
    begin("--stuck", "4", "--seed", "3");
    await open();
    await host.send(request("program", programming(64, 6000), { seq: 1 }));
    const { outcomes, pulses } = replyOf("program", await host.next(closes(1)));
    const stuck = [...outcomes].filter((outcome) => outcome === 2).length;
    // 64 cells, each stuck with chance 1/4: outside 5 ... 29 with a chance below 1e-4, and the seed is fixed.
    expect(stuck).toBeGreaterThan(5);
    expect(stuck).toBeLessThan(29);
    expect([...outcomes].filter((outcome) => outcome === 0).length).toBe(64 - stuck);
    for (const [i, outcome] of outcomes.entries()) if (outcome === 2) expect(pulses[i]).toBeLessThan(12);
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

  it("takes the mean of the zero reads off every code where it is asked for, also before it adds them up", async () => {
    begin("--offset", "9", "--noise", "0");
    await open();
    const dark = { ...reading(2), inputs: new Uint8Array(4) };
    const codesOf = async (seq: number, zeros: number): Promise<number[]> => {
      await host.send(request("readOut", { ...dark, zeros }, { seq }));
      const { items } = replyOf(
        "chunk",
        await host.next(({ re, flags }) => re === seq && (flags & flagLast) === 0),
      );
      return [...unpackSamples(items, 12, { samples: 2, perSample: 16 })];
    };
    expect(await codesOf(1, 0)).toEqual(Array.from({ length: 32 }, (_, i) => 9 * (i % 2)));
    expect(await codesOf(2, 3)).toEqual(new Array(32).fill(0));
    await host.send(request("readMoments", { ...dark, zeros: 3 }, { seq: 3 }));
    const sums = replyOf("chunk", await host.next((frame) => frame.re === 3));
    expect([...sums.items]).toEqual(new Array(16 * 12).fill(0));
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

  it("ends what runs when the hardware fails, says why, and goes on with the next", async () => {
    begin("--fault-after", "30");
    await open();
    await host.send(request("readOut", reading(100), { seq: 1 }));
    const refused = await host.next(closes(1));
    expect(refusalOf(refused)).toBe("hardware");
    expect(replyOf("refused", refused).facts).toBe("the converter is silent");
    expect(readArray(array).driven).toBe(false);
    await host.send(request("nextError", {}, { seq: 2 }));
    expect(replyOf("nextError", await host.next(closes(2))).facts).toBe("the converter is silent");
    await host.send(request("readOut", reading(100), { seq: 3 }));
    expect((await host.next(closes(3))).id).toBe(idOf("readOut", "reply"));
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
