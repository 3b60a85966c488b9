import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  crc32c,
  decodeMessage,
  encodeMessage,
  formatLine,
  frameOverhead,
  helpText,
  type Line,
  messages,
  parseLine,
  protocolVersion,
  type Refused,
  refusals,
  tableHash,
} from "#protocol";
import { anyMessage } from "./arbitraries.ts";
import { comparable } from "./vectors.ts";

/** As a machine writes a line: with the CRC behind it. */
const numbered = (line: string): string =>
  `${line} *${crc32c(Buffer.from(line, "latin1")).toString(16).padStart(8, "0")}`;

fc.configureGlobal({ seed: 20_261_121 });

const request = (text: string): Line<"request"> | Refused | undefined => parseLine(text, "request");
const anyLine = (line: object): string => formatLine(line as Line<"request"> | Line<"reply">);
const parsed = (text: string, side: "request" | "reply"): Line<"request"> | Line<"reply"> =>
  (side === "request" ? parseLine(text, "request") : parseLine(text, "reply")) as
    | Line<"request">
    | Line<"reply">;

describe("text mode", () => {
  it("says the same as binary mode: values survive a trip through either, and lines are 7-bit", () =>
    fc.assert(
      fc.property(
        anyMessage,
        fc.option(fc.nat(0xfffe), { nil: undefined }),
        ({ name, side, values }, seq) => {
          if (name === "hello" && side === "reply")
            Object.assign(values, { major: protocolVersion.major, tableHash });
          const line = anyLine({ ...(seq !== undefined && { seq }), name, side, values });
          expect(line).toMatch(/^[\x20-\x7e]+$/);
          const heard = parsed(line, side);
          expect([heard.name, heard.side, heard.seq]).toEqual([name, side, seq]);
          const framed = decodeMessage(name, side, encodeMessage(name, side, values as never));
          expect(comparable(heard.values)).toEqual(comparable(framed));
          expect(anyLine({ ...heard, values: framed })).toBe(line);
        },
      ),
      { numRuns: 400 },
    ));

  it("needs for a request at most four characters a byte of its frame, as PROTOCOL.md promises a board", () =>
    fc.assert(
      fc.property(anyMessage, ({ name, side, values }) => {
        fc.pre(side === "request");
        const line = anyLine({ seq: 0xfffe, name, side, values });
        const frame = encodeMessage(name, side, values as never).length + frameOverhead;
        expect(line.length).toBeLessThanOrEqual(4 * frame);
      }),
      { numRuns: 300 },
    ));

  it("survives any line: a request or the refusal that answers it, a reply or a log line", () => {
    const word = fc.constantFrom(
      "ok",
      "error",
      "event",
      "#7",
      "ping",
      "log",
      "token=1",
      'line="',
      "*00000000",
      "-",
      "read",
      "0",
    );
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.array(word).map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const asked = request(text);
        if (asked?.name === "refused") expect(formatLine(asked)).toMatch(/^(#\d+ )?error \w+ /);
        const heard = parseLine(text, "reply");
        if (heard?.name === "log" && !text.includes("event log"))
          expect(text.replaceAll("\0", "")).toContain(heard.values.line);
        expect(heard === undefined).toBe(text.replaceAll("\0", "").replace(/\r$/, "").trim() === "");
      }),
      { numRuns: 500 },
    );
  });

  it("takes requests as people type them: in order, by name, short, with the end left out", () => {
    const cell = { tile: 0, row: 3, col: 7, rows: 1, cols: 1, repeats: 1 };
    for (const typed of [
      "readCells 0 3 7 1 1 1",
      "readCells 0 3 7",
      "read 0 3 7",
      "  read  0 3  col=7 \r",
      "read tile=0 col=7 row=3",
    ])
      expect(request(typed), typed).toEqual({ side: "request", name: "readCells", values: cell });
    expect(request("read 0 3 7 repeats=20")).toMatchObject({ values: { ...cell, repeats: 20 } });
    expect(request("info")).toMatchObject({ name: "hello", values: { ...protocolVersion, tableHash } });
    expect(request("pulse 0 1 2 0 1.5 .0000001")).toMatchObject({
      values: { amplitude: 1.5, width: Math.fround(1e-7) },
    });
    expect(request("hello 1 0 0xd8f2718c")).toMatchObject({ values: { tableHash: 0xd8f2718c } });
    expect(request("binary")).toEqual({ side: "request", name: "binary", values: {} });
  });

  it.each([
    ["frob 1", "unknownMessage", "frob; try help"],
    ["progress 1 2 3", "unknownMessage", "progress; try help"],
    ["toString", "unknownMessage", "toString; try help"],
    ["read 0 1", "malformed", "readCells wants col"],
    ["read 0 1 2 3 4 5 6", "malformed", "readCells does not want 6"],
    ["read 0 1 2 row=4", "malformed", "readCells does not want row=4"],
    ["read 0 1 70000", "malformed", "col = 70000 does not fit the wire (0 to 65535)"],
    ["read 0 1 two", "malformed", "a text message does not hold: col is two, not a whole number"],
    ["read 0 1 ", "malformed", "readCells wants col"],
    ["pulse 0 0 0 0 nan 1", "malformed", "a text message does not hold: amplitude is nan, not a number"],
    ["readOut 0 0 0 1 1 0 1 1 0 0 A%", "malformed", "a text message does not hold: inputs is A%, not base64"],
    ['ping "3', "malformed", "a quote is left open"],
    ["sense é", "malformed", "not printable ASCII"],
    [numbered("#70000 sense"), "malformed", "request number 70000"],
    ["#41 sense", "malformed", "crc"],
    [numbered("#41 sense").replace("*", "-"), "malformed", "crc"],
  ])("answers %j with error %s %s", (typed, reason, facts) => {
    const code = refusals.indexOf(reason as (typeof refusals)[number]);
    expect(request(typed)).toEqual({ side: "reply", name: "refused", values: { code, facts } });
  });

  it("keeps the number in a refusal, unless the CRC says that nothing of the line can be believed", () => {
    expect(request(numbered("#5 read 0"))).toMatchObject({ seq: 5, name: "refused" });
    const sound = formatLine({ seq: 5, side: "request", name: "sense", values: {} });
    expect(request(sound)).toMatchObject({ seq: 5, name: "sense" });
    expect(request(sound.replace("#5", "#4"))).toEqual({
      side: "reply",
      name: "refused",
      values: { code: 2, facts: "crc" },
    });
  });

  it("notices any single character that changed in a machine's line", () => {
    const sound = formatLine({
      seq: 300,
      side: "request",
      name: "readCells",
      values: { tile: 0, row: 3, col: 7, rows: 1, cols: 1, repeats: 1 },
    });
    for (let at = 0; at < sound.length - 10; at++) {
      const damaged = `${sound.slice(0, at)}${sound[at] === "1" ? "2" : "1"}${sound.slice(at + 1)}`;
      expect(request(damaged), damaged).toMatchObject({ name: "refused" });
    }
  });

  it.each([
    "booting, 8 tiles found",
    "ok",
    "ok frob a=1",
    "ok ping token=1",
    "ok ping token=1 ticks=2 ticks=3",
    "ok ping token=1 ticks=2 tocks=3",
    "ok ping token=x ticks=2",
    "event ping token=1 ticks=2",
    "error",
    "error 300 far too much",
    "#7 ok ping token=1 ticks=2 *00000000",
    'event log line="left open',
    "tile 3 at 81 °C",
  ])("shows %j as a log line, whole", (line) => {
    expect(parseLine(line, "reply")).toEqual({ side: "reply", name: "log", values: { line } });
  });

  it("passes over blank lines, carriage returns and frame delimiters", () => {
    expect(parseLine("", "reply")).toBeUndefined();
    expect(request(" \r")).toBeUndefined();
    expect(parseLine("\0ok binary\r", "reply")).toEqual({ side: "reply", name: "binary", values: {} });
  });

  it("keeps a refusal's facts as they are, also when they end like a CRC or are empty", () => {
    for (const facts of ["row=300", "", " a  b ", "hot *12345678", "#3 ok"]) {
      const line = formatLine({ side: "reply", name: "refused", values: { code: 3, facts } });
      expect(parseLine(line, "reply"), line).toEqual({
        side: "reply",
        name: "refused",
        values: { code: 3, facts },
      });
    }
    expect(parseLine("error 77 newer than this host", "reply")).toMatchObject({ values: { code: 77 } });
  });

  it("refuses to write what binary mode refuses", () => {
    expect(() => anyLine({ side: "request", name: "ping", values: { token: -1 } })).toThrow(
      /token = -1 does not fit/,
    );
    expect(() => anyLine({ side: "reply", name: "log", values: { line: "µ" } })).toThrow(/printable ASCII/);
  });

  it("lists every request with its arguments in help, in lines of ASCII", () => {
    const help = helpText();
    expect(help.find((line) => line.startsWith("readCells"))).toContain(
      "readCells tile row col [rows=1] [cols=1] [repeats=1] : ",
    );
    for (const [name, { repeat }] of Object.entries(messages))
      expect(
        help.some((line) => line.startsWith(`${name} `)),
        name,
      ).toBe(repeat !== "event");
    for (const line of help) {
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(parseLine(line, "reply"), line).toMatchObject({ name: "log" });
    }
  });

  it("reads a line of 256 KiB of quotes and backslashes in time linear in its length", () => {
    const line = `event log line=${'\\"'.repeat(1 << 17)}`;
    expect(parseLine(line, "reply")).toMatchObject({ name: "log", values: { line } });
  });
});
