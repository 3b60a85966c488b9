import { ReadlineParser } from "@serialport/parser-readline";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LineGuard, lineReader } from "../../drivers/line-guard.ts";
import { turns } from "./transport-contract.ts";

afterEach(() => vi.restoreAllMocks());

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

async function linesOf(chunks: readonly Uint8Array[], maxLine?: number) {
  const lines: string[] = [];
  const reader = lineReader((line) => lines.push(line), maxLine);
  for (const chunk of chunks) reader.push(chunk);
  await turns(3);
  return { lines, figures: reader.figures };
}

describe("lineReader", () => {
  it("gives each line once, without its end, whether that is LF or CR LF", async () => {
    const { lines } = await linesOf([
      latin1("hello 1 mho\r\nsense 300.0"),
      latin1(" 3.3\n\nidle\n"),
      latin1("half"),
    ]);
    expect(lines).toEqual(["hello 1 mho", "sense 300.0 3.3", "idle"]);
  });

  it("keeps all 256 byte values apart, as latin1 does and utf8 does not", async () => {
    const values = Uint8Array.from({ length: 256 }, (_, value) => value).filter(
      (value) => value !== 10 && value !== 13,
    );
    const { lines } = await linesOf([values, latin1("\n")]);
    expect([...latin1(lines[0] ?? "")]).toEqual([...values]);
  });

  it("does not join lines that come faster than they are read", async () => {
    const { lines } = await linesOf(Array.from({ length: 5000 }, (_, n) => latin1(`line ${n}\n`)));
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, n) => `line ${n}`));
  });

  it("drops a line that is too long up to the next newline, counts it, and goes on", async () => {
    const { lines, figures } = await linesOf([latin1("12345678\n123456789"), latin1("0\nafter\n")], 8);
    expect(lines).toEqual(["12345678", "after"]);
    expect(figures).toEqual({ lines: 2, droppedLines: 1, droppedBytes: 11, held: 0 });
  });

  it("gives the same lines however the port cuts the bytes, and loses count of none", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "\xff", "\n"), maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        async (sent, sizes) => {
          const bytes = latin1(sent);
          const chunks: Uint8Array[] = [];
          for (let at = 0, n = 0; at < bytes.length; n++) {
            const size = sizes[n % sizes.length] ?? 1;
            chunks.push(bytes.slice(at, at + size));
            at += size;
          }
          const { lines, figures } = await linesOf(chunks, 10);
          const whole = sent.split("\n").slice(0, -1);
          expect(lines).toEqual(whole.filter((line) => line.length > 0 && line.length <= 10));
          const through = whole
            .filter((line) => line.length <= 10)
            .reduce((sum, line) => sum + line.length + 1, 0);
          expect(through + figures.droppedBytes + figures.held).toBe(bytes.length);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });
});

describe("4 MiB without a newline in 64-byte chunks", () => {
  const total = 4 * 2 ** 20;
  const chunk = new Uint8Array(64).fill(0x55);

  it("leaves at most one line's worth of bytes held, at every moment", () => {
    const guard = new LineGuard(4096);
    let most = 0;
    for (let sent = 0; sent < total; sent += chunk.length) {
      guard.write(chunk);
      most = Math.max(most, guard.figures.held);
    }
    expect(most).toBe(4096);
    expect(guard.figures).toEqual({ lines: 0, droppedLines: 1, droppedBytes: total, held: 0 });
    expect([guard.writableLength, guard.readableLength]).toEqual([0, 0]);
  });

  it("gives the readline parser nothing to keep or to search again", () => {
    const joined = vi.spyOn(Buffer, "concat");
    const reader = lineReader(() => {});
    for (let sent = 0; sent < total; sent += chunk.length) reader.push(chunk);
    expect(joined).not.toHaveBeenCalled();
  });

  it("is what the parser alone cannot bear: it joins all it has with each chunk", () => {
    const joined = vi.spyOn(Buffer, "concat");
    const parser = new ReadlineParser({ encoding: "latin1" });
    const chunks = 256;
    for (let n = 0; n < chunks; n++) parser.write(Buffer.from(chunk));
    const copied = joined.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
    expect(copied).toBe((64 * chunks * (chunks + 1)) / 2);
  });

  it("costs each byte of whole lines one join, however long the stream", async () => {
    const joined = vi.spyOn(Buffer, "concat");
    const line = latin1(`${"x".repeat(63)}\n`);
    let lines = 0;
    const reader = lineReader(() => lines++);
    for (let n = 0; n < 4096; n++) {
      for (let at = 0; at < line.length; at += 8) reader.push(line.subarray(at, at + 8));
      if (n % 256 === 255) await turns(2);
    }
    const copied = joined.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
    expect([lines, copied]).toEqual([4096, 4096 * 64]);
  });
});
