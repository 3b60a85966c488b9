import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeMessage,
  encodeMessage,
  frameLimit,
  idOf,
  isMhoError,
  messageOf,
  messages,
  protocolVersion,
  type Reply,
  tableHash,
  writer,
} from "#protocol";
import { anyMessage } from "./arbitraries.ts";
import { comparable } from "./vectors.ts";

fc.configureGlobal({ seed: 20_261_121 });

const thrown = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};
const pulse = { tile: 0, row: 0, col: 0, polarity: 1, amplitude: 1.5, width: 1e-7 };

describe("message codec", () => {
  it("gives back the values of every message, singles as the wire rounds them", () =>
    fc.assert(
      fc.property(anyMessage, ({ name, side, values }) => {
        if (name === "hello" && side === "reply")
          Object.assign(values, { major: protocolVersion.major, tableHash });
        const payload = encodeMessage(name, side, values as never);
        expect(comparable(decodeMessage(name, side, payload))).toEqual(comparable(values));
      }),
      { numRuns: 300 },
    ));

  it("writes message after message into one writer, which grows where it must", () => {
    const to = writer(4);
    for (const size of [9, 3, 700, 0]) {
      const chunk = { chunk: size, ticks: 5, items: new Uint8Array(size).fill(size) };
      expect([...encodeMessage("chunk", "reply", chunk, to)]).toEqual([
        ...encodeMessage("chunk", "reply", chunk),
      ]);
    }
  });

  it("refuses every payload that ends early or late, by name", () =>
    fc.assert(
      fc.property(anyMessage, fc.nat(), ({ name, side, values }, at) => {
        if (name === "hello" && side === "reply")
          Object.assign(values, { major: protocolVersion.major, tableHash });
        const payload = encodeMessage(name, side, values as never);
        const late = new Uint8Array([...payload, 0]);
        for (const broken of payload.length > 0 ? [late, payload.subarray(0, at % payload.length)] : [late]) {
          const error = thrown(() => decodeMessage(name, side, broken));
          expect(isMhoError(error, "WIRE_BROKEN") && error.facts.message).toBe(name);
        }
      }),
    ));

  it("survives any payload: values, or WIRE_BROKEN, or PROTOCOL_MISMATCH for a hello", () =>
    fc.assert(
      fc.property(anyMessage, fc.uint8Array({ maxLength: 120 }), ({ name, side }, payload) => {
        const error = thrown(() => decodeMessage(name, side, payload));
        const refused =
          isMhoError(error, "WIRE_BROKEN") || (name === "hello" && isMhoError(error, "PROTOCOL_MISMATCH"));
        expect(error === undefined || refused, String(error)).toBe(true);
      }),
      { numRuns: 500 },
    ));

  it.each([
    ["row", 65_536],
    ["row", -1],
    ["row", 1.5],
    ["row", Number.NaN],
    ["polarity", 256],
    ["amplitude", Number.POSITIVE_INFINITY],
    ["width", 1e39],
  ])("refuses %s = %s rather than wrap it", (field, value) => {
    const error = thrown(() => encodeMessage("pulse", "request", { ...pulse, [field]: value }));
    expect(isMhoError(error, "WIRE_RANGE") && error.facts).toMatchObject({ field, value });
  });

  it("refuses a list, text or byte string that is longer than its count can say, and what is no ASCII", () => {
    expect(() => encodeMessage("readCells", "reply", { conductances: new Int16Array(65_536) })).toThrow(
      /count of conductances/,
    );
    expect(() => encodeMessage("readCells", "reply", { conductances: [32_768] })).toThrow(
      /conductances = 32768/,
    );
    expect(() => encodeMessage("log", "reply", { line: "x".repeat(201) })).toThrow(/200 printable ASCII/);
    expect(() => encodeMessage("log", "reply", { line: "50 µS" })).toThrow(/printable ASCII/);
    expect(() =>
      encodeMessage("chunk", "reply", { chunk: 0, ticks: 0, items: new Uint8Array(65_536) }),
    ).toThrow(/length of items/);
  });

  it("refuses ticks above 2^53 rather than round them", () => {
    expect(() => encodeMessage("idle", "reply", { ticks: 2 ** 53 })).toThrow(/does not fit/);
    expect(() => decodeMessage("idle", "reply", new Uint8Array(8).fill(0xff))).toThrow(/above 2\^53/);
  });

  it("refuses a payload that holds NaN, or a text that is no ASCII", () => {
    const nan = encodeMessage("pulse", "request", pulse);
    new DataView(nan.buffer, nan.byteOffset).setFloat32(7, Number.NaN, true);
    expect(() => decodeMessage("pulse", "request", nan)).toThrow(/NaN/);
    expect(() => decodeMessage("log", "reply", Uint8Array.of(1, 0xb5))).toThrow(/printable ASCII/);
  });

  it("decodes lists into typed arrays of the wire's width", () => {
    const values = { outcomes: Uint8Array.of(0), pulses: [7], conductances: [-3] };
    const report = decodeMessage("program", "reply", encodeMessage("program", "reply", values));
    expect(report.pulses).toBeInstanceOf(Uint16Array);
    expect(report.conductances).toBeInstanceOf(Int16Array);
  });

  it("carries a full frame of conductances", () => {
    const conductances = Int16Array.from({ length: (frameLimit - 14) >> 1 }, (_, i) => i);
    const payload = encodeMessage("readCells", "reply", { conductances });
    expect(decodeMessage("readCells", "reply", payload).conductances).toEqual(conductances);
  });

  it("tells a board of another table by the first bytes of its hello, whatever follows", () => {
    const foreign = encodeMessage("hello", "request", { major: 2, minor: 5, tableHash: 0xbadc0de });
    const error = thrown(() => decodeMessage("hello", "reply", foreign));
    expect(isMhoError(error, "PROTOCOL_MISMATCH") && error.facts.board).toBe("2.5 (table 0badc0de)");
    expect((error as Error).message).toContain(`1.0 (table ${tableHash.toString(16).padStart(8, "0")})`);
  });
});

describe("message ids", () => {
  it("are different, below 0x80, and the board's have the top bit set", () => {
    const ids = Object.values(messages).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...ids)).toBeLessThan(0x80);
    expect(messageOf(idOf("program", "reply"))).toEqual({ name: "program", side: "reply" });
    expect(idOf("program", "reply")).toBe(0x90);
    expect(messageOf(0x33)).toBeUndefined();
  });
});

// @ts-expect-error a reply without its field does not compile
const _short: Reply<"idle"> = {};
// @ts-expect-error nor does a request with the fields of another
void (() => encodeMessage("ping", "request", { ticks: 1 }));
