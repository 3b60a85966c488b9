import { describe, expect, it } from "vitest";
import { type LinkFaults, pipe, pipedBoard, type Transport, wireBoard } from "#drivers";
import {
  type CrossbarBoard,
  type ErrorCode,
  encodeFrame,
  encodeMessage,
  helloOf,
  idOf,
  inSiemens,
  isMhoError,
  seconds,
  siemens,
  volts,
} from "#protocol";
import { Endpoint } from "../../drivers/simulator/endpoint.ts";
import { type LedgerCore, ledgerCode, ledgerCore } from "./ledger-core.ts";
import { steppedClock } from "./stepped-clock.ts";

const lsb = Math.fround(1e-8);
const area = { tile: 0, row: 0, col: 0, rows: 8, cols: 8 };
const programming = {
  area,
  targets: inSiemens(Float64Array.from({ length: 64 }, (_, i) => i * lsb)),
  tolerance: siemens(lsb),
  maxPulses: 3,
};
const reading = { area, range: 0, codes: new Int16Array(40), vectors: 5, repeats: 30, firstSample: 7 };
const pulsing = (board: CrossbarBoard): Promise<void> =>
  board.pulse({ tile: 0, row: 1, col: 1 }, "set", volts(1), seconds(1e-7));
const codeOf = (call: Promise<unknown>): Promise<ErrorCode | string> =>
  call.then(
    () => "resolved",
    (error: unknown) => (isMhoError(error) ? error.code : String(error)),
  );

/** A board on a link with these faults, in virtual time, and what `act` makes of it. */
async function on<T>(
  linkFaults: LinkFaults,
  act: (board: CrossbarBoard, core: LedgerCore) => Promise<T>,
  mode: "binary" | "text" = "binary",
): Promise<T> {
  const [clock, core] = [steppedClock(), ledgerCore()];
  return clock.run(pipedBoard(core, { clock, mode, linkFaults }).then((board) => act(board, core)));
}

describe("a wire board", () => {
  it.each([40_000, 300, 64])(
    "answers the same whatever frames the board takes (%i bytes)",
    async (maxFrame) => {
      const board = await pipedBoard(ledgerCore({ maxFrame }));
      const report = await board.program(programming);
      expect([...report.conductances].map((g) => Math.round(g / lsb))).toEqual(
        Array.from({ length: 64 }, (_, i) => i),
      );
      expect([...report.pulses]).toEqual(new Array(64).fill(1));
      const read = await board.readCells(area, 3);
      expect([...read].map((g) => Math.round(g / lsb))).toEqual(
        Array.from({ length: 192 }, (_, i) => i % 64),
      );
      const { codes } = await board.readOut(reading);
      expect(codes).toEqual(Int16Array.from({ length: 1200 }, (_, i) => ledgerCode(7 + (i >> 3), i & 7)));
      await board.close();
    },
  );

  it("gives identical answers in text and in binary mode", async () => {
    const recorded = async (mode: "text" | "binary"): Promise<unknown> => {
      const core = ledgerCore();
      const board = await pipedBoard(core, { mode });
      const answers = [
        board.descriptor,
        await board.program(programming),
        await board.readCells({ ...area, row: 2, rows: 3 }, 2),
        await board.readOut(reading),
        await pulsing(board),
        await codeOf(board.pulse({ tile: 9, row: 0, col: 0 }, "set", volts(1), seconds(1e-7))),
        await codeOf(board.readOut({ ...reading, range: 5 })),
        await board.sense().then(({ ticks, ...condition }) => condition),
        [...core.pulses],
      ];
      await board.close();
      return answers;
    };
    expect(await recorded("text")).toEqual(await recorded("binary"));
  });

  it("refuses what the wire cannot hold, rather than wrap it", async () => {
    const board = await pipedBoard(ledgerCore());
    const huge = { ...programming, targets: inSiemens(new Float64Array(64).fill(1)) };
    expect(await codeOf(board.program(huge))).toBe("WIRE_RANGE");
    expect(await codeOf(board.readOut({ ...reading, codes: new Int16Array(40).fill(9999) }))).toBe(
      "WIRE_RANGE",
    );
    expect(await codeOf(board.readOut({ ...reading, codes: new Int16Array(3) }))).toBe("SHAPE_MISMATCH");
    await board.close();
  });

  it("says that a board lacks a capability before it sends anything", async () => {
    const board = await pipedBoard(ledgerCore({ capabilities: ["readOut"] }));
    expect(await codeOf(pulsing(board))).toBe("CAPABILITY_MISSING");
    await board.close();
  });

  it("names the code and the facts of a refusal", async () => {
    const board = await pipedBoard(ledgerCore());
    await expect(board.pulse({ tile: 0, row: 0, col: 0 }, "set", volts(3), seconds(1e-7))).rejects.toThrow(
      "the board refused pulse: overLimit (pulse volts 3 > 2)",
    );
    await board.close();
  });

  it("leaves no timer behind when it is closed", async () => {
    const [clock, core] = [steppedClock(), ledgerCore()];
    const used = async (): Promise<void> => {
      const board = await pipedBoard(core, { clock });
      await board.program(programming);
      await board.readOut(reading);
      await board.close();
    };
    await clock.run(used());
    await clock.run(Promise.resolve());
    expect(clock.sleepers).toBe(0);
  });
});

describe.each(["binary", "text"] as const)("in %s mode, a board that", (mode) => {
  const restartAt = (chunk: number): LinkFaults => ({ orders: [{ kind: "restart", way: "toBoard", chunk }] });

  it("restarts ends every open call with BOARD_REBOOTED, and pulses nothing twice", () =>
    on(
      restartAt(3),
      async (board, core) => {
        const calls = [
          codeOf(board.program(programming)),
          codeOf(pulsing(board)),
          codeOf(board.readOut(reading)),
        ];
        expect(await Promise.all(calls)).toEqual(["BOARD_REBOOTED", "BOARD_REBOOTED", "BOARD_REBOOTED"]);
        expect(await codeOf(board.sense())).toBe("BOARD_REBOOTED");
        expect(Math.max(...core.pulses)).toBeLessThanOrEqual(1);
      },
      mode,
    ));

  it("is unplugged ends every open call with LINK_LOST", () =>
    on(
      { orders: [{ kind: "unplug", way: "toHost", chunk: 6 }] },
      async (board) => {
        const calls = await Promise.all([codeOf(board.readOut(reading)), codeOf(board.program(programming))]);
        expect(calls).toEqual(["LINK_LOST", "LINK_LOST"]);
      },
      mode,
    ));

  it("falls silent ends every open call with BOARD_SILENT, within twenty seconds", async () => {
    const [clock, core] = [steppedClock(), ledgerCore()];
    const answered = mode === "binary" ? 6 : 5; // banner, words, hello, sense
    const orders = Array.from(
      { length: 99 },
      (_, i) => ({ kind: "drop", way: "toHost", chunk: i + 1 + answered }) as const,
    );
    const start = clock.now();
    const codes = async (): Promise<string[]> => {
      const board = await pipedBoard(core, { clock, mode, linkFaults: { orders } });
      await board.sense();
      return Promise.all([codeOf(pulsing(board)), codeOf(board.readOut(reading))]);
    };
    expect(await clock.run(codes())).toEqual(["BOARD_SILENT", "BOARD_SILENT"]);
    expect(clock.now() - start).toBeLessThan(20);
    expect(core.pulses[9]).toBe(1);
  });

  it("is opened from any state: half a frame, garbage, the binary mode of a host that crashed", async () => {
    const core = ledgerCore();
    const endpoint = new Endpoint(core);
    const [host, far] = pipe();
    void endpoint.attach(far);
    const half = encodeFrame({ id: 0x13, flags: 0, seq: 1, re: 1, credits: 0, payload: new Uint8Array(40) });
    const states = ["program 0 0", "\0\nbinary\n\0", "\x01\x02\xff\0\0\0", "sense\nsen"];
    for (const before of [
      ...states.map((text) => Uint8Array.from(text, (c) => c.charCodeAt(0))),
      half.subarray(0, 20),
    ]) {
      await host.write(before);
      const board = await wireBoard(keptOpen(host), { mode });
      await pulsing(board);
      expect((await board.linkFigures()).host.retransmits).toBe(0);
    }
    expect(core.pulses[9]).toBe(5);
  });
});

/** The transport, for several hosts one after another. */
const keptOpen = (transport: Transport): Transport => ({
  url: "pipe:",
  onData: (listener) => transport.onData(listener),
  onClose: (listener) => transport.onClose(listener),
  write: (bytes) => transport.write(bytes),
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
});

describe("a board that is opened", () => {
  it("is silent: says so, with what to do, and lets the port go", async () => {
    const clock = steppedClock();
    const [host, far] = pipe("serial:/dev/ttyX");
    let closed = false;
    far.onData(() => {});
    far.onClose(() => {
      closed = true;
    });
    const opening = clock.run(wireBoard(host, { clock }));
    await expect(opening).rejects.toThrow("the board at serial:/dev/ttyX did not answer hello within 6.5 s");
    await new Promise((done) => setImmediate(done));
    expect(closed).toBe(true);
  });

  it("speaks another protocol: names both versions", async () => {
    const [host, far] = pipe();
    const { descriptor } = ledgerCore();
    const hello = { ...helloOf({ ...descriptor, protocol: { major: 7, minor: 3 } }), tableHash: 0x1234 };
    const payload = encodeMessage("hello", "reply", hello);
    const frame = encodeFrame({
      id: idOf("hello", "reply"),
      flags: 1,
      seq: 0,
      re: 0xfffe,
      credits: 99,
      payload,
    });
    far.onData(() => void far.write(Uint8Array.of(0, ...frame)));
    await expect(wireBoard(host)).rejects.toThrow(
      /board speaks protocol 7\.3 \(table 00001234\), this mho 1\.0/,
    );
  });
});
