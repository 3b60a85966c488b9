import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { flagLast, idOf, unpackSamples } from "#protocol";
import { readArray } from "./array-file.ts";
import { hasCompiler, hostBoard } from "./host-board.ts";
import { programming, reading } from "./requests.ts";
import { closes, openSession, refusalOf, replyOf, request, type Terminal, terminal } from "./terminal.ts";

describe.skipIf(!hasCompiler)("what runs on the C firmware (needs gcc and make)", async () => {
  const program = hasCompiler ? await hostBoard() : "";
  let array = "";
  let host: Terminal;
  const begin = (...options: string[]): void => {
    host = terminal(program, "--array", array, ...options);
  };
  const open = (): Promise<void> => openSession(host);
  const close = async (): Promise<void> => {
    await host.close();
    expect(host.board.complaints()).toBe("");
  };
  beforeEach(() => {
    array = join(mkdtempSync(join(tmpdir(), "mho-array-")), "array");
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

  it("begins a request before it takes the abort that came with it", async () => {
    begin();
    await open();
    const both = [
      request("readOut", reading(60_000), { seq: 1 }),
      request("abort", {}, { seq: 2, oldest: 1 }),
    ];
    await host.send(Uint8Array.from(both.flatMap((frame) => [...frame])));
    expect(refusalOf(await host.next(closes(1)))).toBe("aborted");
    await host.next(closes(2));
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

  it.each([9, -9])(
    "takes the mean of the zero reads, %i codes, off every code where it is asked for",
    async (offset) => {
      begin("--offset", `${offset}`, "--noise", "0");
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
      expect(await codesOf(1, 0)).toEqual(Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 0 : offset)));
      expect(await codesOf(2, 3)).toEqual(new Array(32).fill(0));
      await host.send(request("readMoments", { ...dark, zeros: 3 }, { seq: 3 }));
      const sums = replyOf("chunk", await host.next((frame) => frame.re === 3));
      expect([...sums.items]).toEqual(new Array(16 * 12).fill(0));
      await close();
    },
  );

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
});
