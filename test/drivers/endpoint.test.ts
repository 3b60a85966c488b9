import { describe, expect, it } from "vitest";
import { crc32c, decodeMessage, messageOf, type Request, seconds } from "#protocol";
import {
  binary,
  bytes,
  frames,
  names,
  pulse,
  refusal,
  request,
  settled,
  terminal,
} from "./board-terminal.ts";
import { ledgerCore } from "./ledger-core.ts";

describe("a board's end in text mode", () => {
  it("talks with a person who types no numbers", async () => {
    const board = await terminal();
    expect(await board.type("ping 7\n")).toEqual([expect.stringMatching(/^ok ping token=7 ticks=\d+$/)]);
    expect(await board.type("pulse 0 0 1 0 1 1e-7\n")).toEqual(["ok pulse pulses=1"]);
    expect(await board.type("pulse 0 0 1 0 9 1e-7\n")).toEqual(["error overLimit pulse volts 9 > 2"]);
    expect(await board.type("dance\n")).toEqual([expect.stringMatching(/^error unknownMessage dance/)]);
    expect((await board.type("help\n")).some((line) => line.startsWith("readOut "))).toBe(true);
  });

  it("keeps its errors until they are read", async () => {
    const board = await terminal();
    await board.type("pulse 9 0 0 0 1 1e-7\n");
    expect(await board.type("nextError\n")).toEqual([
      expect.stringMatching(/^ok nextError code=3 facts=.* left=0$/),
    ]);
    expect(await board.type("nextError\n")).toEqual([expect.stringMatching(/^ok nextError code=0 /)]);
  });

  it("refuses a change with a number before hello, so that a restart cannot repeat one", async () => {
    const board = await terminal();
    const line = "#5 pulse 0 0 1 0 1 1e-7";
    const numbered = `${line} *${crc32c(bytes(line)).toString(16).padStart(8, "0")}\n`;
    expect(await board.type(numbered)).toEqual([expect.stringMatching(/^#5 error noSession /)]);
    await board.type("hello\n");
    expect(await board.type(numbered)).toEqual([expect.stringMatching(/^#5 ok pulse pulses=1 /)]);
    expect(await board.type(numbered)).toEqual([expect.stringMatching(/^#5 ok pulse pulses=1 /)]);
    expect(board.core.pulses[1]).toBe(1);
  });

  it("holds no more than it may of a line without end, and drops it up to its newline", async () => {
    const board = await terminal();
    const garbage = new Uint8Array(1 << 20).fill(0x61);
    expect(await board.say(garbage)).toHaveLength(0);
    expect(await board.type("\nping 1\n")).toEqual([
      "error overflow a line of more than 384 characters",
      expect.stringMatching(/^ok ping token=1/),
    ]);
  });
});

describe("a board's end in binary mode", () => {
  it("carries a change out once and repeats its answer, however often it arrives", async () => {
    const board = await binary();
    const frame = request("pulse", pulse, 7);
    const said = await board.say(Buffer.concat([frame, frame, frame]));
    expect(names(said)).toEqual(["pulse"]); // the copies came while it was under way: its answer is theirs
    const again = frames(await board.say(frame));
    expect(decodeMessage("pulse", "reply", again[0]!.payload)).toEqual({ pulses: 1 });
    expect(board.core.pulses[1]).toBe(1);
    expect(names(await board.say(request("pulse", pulse, 8)))).toEqual(["pulse"]);
    expect(await board.say(frame.slice(0, -1))).toHaveLength(0); // cut
    expect(await board.say(Uint8Array.of(0, ...frame))).toHaveLength(0); // late: the host has gone on to 8
    expect(board.core.pulses[1]).toBe(2);
  });

  it("drops a request that the host no longer waits for", async () => {
    const board = await binary();
    await board.say(request("pulse", pulse, 7));
    await board.say(request("pulse", pulse, 8));
    expect(names(await board.say(request("pulse", pulse, 7, 9)))).toEqual([]);
    expect(board.core.pulses[1]).toBe(2);
  });

  it.each([
    ["a tile that it does not have", "pulse", { ...pulse, tile: 2 }, "outOfArray"],
    ["a pulse above its voltage", "pulse", { ...pulse, amplitude: 2.1 }, "overLimit"],
    ["a pulse above its width", "pulse", { ...pulse, width: 2e-6 }, "overLimit"],
    ["a polarity that is none", "pulse", { ...pulse, polarity: 2 }, "malformed"],
    [
      "an area over its edge",
      "readCells",
      { tile: 0, row: 7, col: 0, rows: 2, cols: 1, repeats: 1 },
      "outOfArray",
    ],
    [
      "an answer beyond its frame",
      "readCells",
      { tile: 0, row: 0, col: 0, rows: 8, cols: 8, repeats: 1 },
      "overLimit",
    ],
  ] as const)("refuses %s, and drives nothing", async (_, name, values, reason) => {
    const board = await binary();
    const said = frames(await board.say(request(name, values as Request<typeof name>, 3)));
    expect(said.map(refusal)).toEqual([reason]);
    expect(board.core.pulses.every((pulses) => pulses === 0)).toBe(true);
  });

  it("refuses a target outside its range, a code above the read voltage, and a list that is too short", async () => {
    const board = await binary();
    const one = { tile: 0, row: 0, col: 0, rows: 1, cols: 1 };
    const target = { ...one, tolerance: 1, maxPulses: 3, targets: [1001] };
    expect(frames(await board.say(request("program", target, 1))).map(refusal)).toEqual(["overLimit"]);
    expect(frames(await board.say(request("program", { ...target, targets: [] }, 2))).map(refusal)).toEqual([
      "malformed",
    ]);
    const limits = { ...ledgerCore().descriptor.limits, readVoltage: ledgerCore().descriptor.dac.lsb };
    const strict = await binary(ledgerCore({ limits }));
    const driven = (code: number): Request<"readOut"> => ({
      ...one,
      range: 0,
      vectors: 1,
      repeats: 1,
      firstSample: 0,
      zeros: 0,
      inputs: Uint8Array.of(code),
      chunks: [],
    });
    expect(frames(await strict.say(request("readOut", driven(2), 1))).map(refusal)).toEqual(["overLimit"]);
    expect(names(await strict.say(request("readOut", driven(1), 2)))).toEqual(["chunk", "readOut"]);
  });

  it("says an error of its own as a hardware fault, and goes on", async () => {
    const core = ledgerCore();
    core.readCells = () => {
      throw new TypeError("a converter is not there");
    };
    const board = await binary(core);
    const one = { tile: 0, row: 0, col: 0, rows: 1, cols: 1 };
    const asked = request("readCells", { ...one, repeats: 1 }, 1);
    expect(frames(await board.say(asked)).map(refusal)).toEqual(["hardware"]);
    expect(names(await board.say(request("sense", {}, 2)))).toEqual(["sense"]);
  });

  it("counts what it received, discarded and saw twice", async () => {
    const board = await binary();
    const broken = request("pulse", pulse, 7);
    broken[broken.length - 2]! ^= 1; // in its CRC
    await board.say(Buffer.concat([broken, request("ping", { token: 1 }, 8), request("pulse", pulse, 9)]));
    await board.say(request("pulse", pulse, 9));
    const [frame] = frames(await board.say(request("linkFigures", {}, 10)));
    const figures = decodeMessage("linkFigures", "reply", frame!.payload);
    expect(figures).toMatchObject({ crcErrors: 1, duplicates: 1, discarded: broken.length - 1 });
  });

  it("goes to the safe state when the host falls silent while it programs", async () => {
    const endless = ledgerCore();
    let steps = 0;
    endless.program = function* () {
      for (;;) yield { done: steps++, total: 1, pulses: 0 };
    };
    const board = await binary(endless);
    const one = { tile: 0, row: 0, col: 0, rows: 1, cols: 1, tolerance: 1, maxPulses: 1, targets: [5] };
    await board.say(request("program", one, 1));
    await board.clock.run(board.clock.sleep(seconds(1.9)));
    const [before, idled] = [steps, endless.idled];
    await settled();
    expect(steps).toBeGreaterThan(before);
    await board.clock.run(board.clock.sleep(seconds(0.2)));
    await settled();
    expect(endless.idled).toBeGreaterThan(idled);
    const stopped = steps;
    const kept = frames(await board.say(request("program", one, 1)));
    expect(refusal(kept[0])).toBe("aborted");
    expect(steps).toBe(stopped);
  });

  it("answers idle at once while it programs, and pulses no more", async () => {
    const board = await binary(ledgerCore({ maxFrame: 1000 }));
    const programming = {
      tile: 0,
      row: 0,
      col: 0,
      rows: 8,
      cols: 8,
      tolerance: 1,
      maxPulses: 1,
      targets: new Array(64).fill(5),
    };
    const said = frames(
      await board.say(Buffer.concat([request("program", programming, 1), request("idle", {}, 2, 1)])),
    );
    expect(said.map(({ re, id }) => [re, messageOf(id)!.name])).toEqual([
      [1, "refused"],
      [2, "idle"],
    ]);
    expect(refusal(said[0])).toBe("aborted");
    expect(board.core.pulses.reduce((a, b) => a + b)).toBeLessThanOrEqual(2);
    expect(board.core.sense().idle).toBe(1);
  });

  it("starts again in text mode with another boot id, and forgets everything but its cells", async () => {
    const board = await binary();
    await board.say(request("pulse", pulse, 7));
    const before = board.core.descriptor.bootId;
    board.endpoint.restart();
    await settled();
    expect(board.core.descriptor.bootId).not.toBe(before);
    const said = Buffer.from(await board.say(Uint8Array.of(0, ...request("pulse", pulse, 7), 10))).toString(
      "latin1",
    );
    expect(said).not.toContain("ok pulse");
    expect(board.core.pulses[1]).toBe(1);
  });
});
