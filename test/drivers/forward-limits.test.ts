import { describe, expect, it } from "vitest";
import { pipe, pipedBoard, type Transport, wireBoard } from "#drivers";
import {
  type CrossbarBoard,
  decodeMessage,
  encodeFrame,
  encodeMessage,
  type ForwardPlan,
  type ForwardRequest,
  type Frame,
  FrameDecoder,
  idOf,
} from "#protocol";
import { Endpoint } from "../../drivers/simulator/endpoint.ts";
import { type LedgerCore, ledgerCode, ledgerCore } from "./ledger-core.ts";

const planOf = (outputs: number, bias = 0): ForwardPlan => ({
  outputBits: 9,
  layers: [
    {
      ...{ inputs: 8, outputs, range: 0, average: 1, signs: [1], twoPhases: false, relu: false },
      ...{ low: -256, high: 255, blocks: [], topUp: undefined },
      scale: new Float32Array(outputs),
      bias: new Float32Array(outputs).fill(bias),
      offset: new Float32Array(outputs),
      floor: new Float32Array(outputs),
    },
  ],
});
const running = (plan: ForwardPlan, items: number, samples: number): ForwardRequest => ({
  ...{ plan, items, samples, firstItem: 0, seed: 5, inputs: new Int16Array(items * 8) },
});

/** A board over this core that says that it has room for so many bytes of a plan. */
async function roomFor(room: number, core: LedgerCore): Promise<CrossbarBoard> {
  const [host, far] = pipe();
  const decoder = new FrameDecoder();
  const told = (frame: Frame): Frame =>
    frame.id === idOf("plan", "reply")
      ? {
          ...frame,
          payload: encodeMessage("plan", "reply", { ...decodeMessage("plan", "reply", frame.payload), room }),
        }
      : frame;
  const short: Transport = {
    ...{ url: far.url, onData: (l) => far.onData(l), onClose: (l) => far.onClose(l) },
    ...{ close: () => far.close(), [Symbol.asyncDispose]: () => far.close() },
    write: (bytes) =>
      far.write(Buffer.concat([Uint8Array.of(0), ...decoder.push(bytes).map(told).map(encodeFrame)])),
  };
  void new Endpoint(core).attach(short);
  return wireBoard(host);
}

describe("a stored network", () => {
  it("is not sent to a board that has no room for it, and leaves what it holds", async () => {
    const board = await roomFor(200, ledgerCore());
    const small = running(planOf(2), 1, 1);
    await board.forward(small);
    await expect(board.forward(running(planOf(40), 1, 1))).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
      facts: { what: expect.stringContaining("room for 200") },
    });
    const before = (await board.linkFigures()).host.framesOut;
    await board.forward(small);
    // The plan's name, the forward, and the figures: it was not stored again.
    expect((await board.linkFigures()).host.framesOut - before).toBe(3);
    await board.close();
  });

  it("is not for a board whose frames are too short for one of its samples", async () => {
    const board = await pipedBoard(ledgerCore({ maxFrame: 128 }));
    await expect(board.forward(running(planOf(100), 1, 1))).rejects.toMatchObject({
      code: "CAPABILITY_MISSING",
    });
    await board.close();
  });

  it("runs on after a call that failed before it", async () => {
    const board = await pipedBoard(ledgerCore());
    const beyond = { ...planOf(2), outputBits: 17 };
    const [failed, done] = await Promise.allSettled([
      board.forward(running(beyond, 1, 1)),
      board.forward(running(planOf(2), 3, 1)),
    ]);
    expect(failed.status).toBe("rejected");
    expect(done).toMatchObject({ status: "fulfilled", value: { codes: { length: 6 } } });
    await board.close();
  });

  it("counts what the board counted, in all its requests, and says how far it has come", async () => {
    const core = ledgerCore({ maxFrame: 64 });
    const { forward } = core;
    core.forward = (plan, request, inputs, first, count) => ({
      ...forward(plan, request, inputs, first, count),
      ...{ saturated: count, clipped: 2 * count, short: 3 * count },
    });
    const board = await pipedBoard(core);
    const told: string[] = [];
    const onProgress = (done: number, total: number) => told.push(`${done}/${total}`);
    const report = await board.forward({ ...running(planOf(4), 100, 7), onProgress });
    expect(report).toMatchObject({ saturated: 700, clipped: 1400, short: 2100 });
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toBe("100/100");
    await board.close();
  });

  it("is asked for in as many requests as 65535 chunks each take", async () => {
    const board = await pipedBoard(ledgerCore({ maxFrame: 64, window: 1 }));
    const { codes } = await board.forward(running(planOf(32), 2, 40_000));
    expect(codes[32 * 80_000 - 1]).toBe(ledgerCode(79_999, 31));
    await board.close();
  });

  it("ends when its signal is aborted, and goes on with the next", async () => {
    const core = ledgerCore({ maxFrame: 64 });
    const board = await pipedBoard(core);
    const stop = new AbortController();
    const { forward } = core;
    let runs = 0;
    core.forward = (...asked) => {
      if (++runs === 20) stop.abort();
      return forward(...asked);
    };
    const call = board.forward({ ...running(planOf(4), 100, 100), signal: stop.signal });
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    const ended = runs;
    expect(ended).toBeLessThan(1000); // of 1250 chunks
    expect((await board.forward(running(planOf(4), 1, 1))).codes).toHaveLength(4);
    await board.close();
  });
});
