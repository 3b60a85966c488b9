import { describe, expect, it } from "vitest";
import { faulty, pipe, pipedBoard, type Transport, wireBoard } from "#drivers";
import { inSiemens, seconds, siemens, volts } from "#protocol";
import { Endpoint } from "../../drivers/simulator/endpoint.ts";
import { ledgerCode, ledgerCore } from "./ledger-core.ts";
import { type SteppedClock, steppedClock } from "./stepped-clock.ts";

const area = { tile: 0, row: 0, col: 0, rows: 8, cols: 8 };

/** A transport whose writes take as long as a serial line takes: 10 bits a byte (8N1). */
function paced(inner: Transport, clock: SteppedClock, baud: number): Transport {
  let last = Promise.resolve();
  const write = (bytes: Uint8Array): Promise<void> => {
    last = last.then(() => clock.sleep(seconds((bytes.length * 10) / baud))).then(() => inner.write(bytes));
    return last;
  };
  return {
    ...inner,
    url: inner.url,
    write,
    onData: (l) => inner.onData(l),
    onClose: (l) => inner.onClose(l),
    close: () => inner.close(),
  };
}

describe("a read-out over a line of", () => {
  it.each([
    [115_200, 2048],
    [921_600, 2048],
    [3_000_000, 4096],
  ])("%i baud keeps it full: 95 %% of the codes that its rate allows", async (baud, maxFrame) => {
    const clock = steppedClock();
    const endpoint = new Endpoint(ledgerCore({ maxFrame }), { clock });
    const [host, far] = pipe();
    void endpoint.attach(paced(far, clock, baud));
    const measured = async (): Promise<number> => {
      const board = await wireBoard(paced(host, clock, baud), { clock });
      const request = {
        area,
        range: 0,
        codes: new Int16Array(8 * 200),
        vectors: 200,
        repeats: 60,
        firstSample: 0,
      };
      await board.sense();
      const start = clock.now();
      const { codes } = await board.readOut(request);
      const share = (((codes.length * 9) / 8) * (10 / baud)) / (clock.now() - start);
      expect((await board.linkFigures()).host.retransmits).toBe(0);
      await board.close();
      return share;
    };
    expect(await clock.run(measured())).toBeGreaterThan(0.95);
  });
});

describe("after the last fault", () => {
  /** Whatever happens to chunks 8 … 60 each way, the next call takes one round trip of the line, 20 ms each way. */
  it.each([1, 2, 3, 4, 5, 6])("the link is up again within one round trip (seed %i)", async (seed) => {
    const clock = steppedClock();
    const core = ledgerCore();
    const chances = { drop: 0.1, flip: 0.1, cut: 0.1, duplicate: 0.1 };
    const latency = { drop: 0, delay: 1 };
    const [host, far] = pipe();
    const endpoint = new Endpoint(core, { clock });
    const bench = { clock, restart: () => endpoint.restart() };
    const late = faulty(far, { chances: latency, delay: seconds(0.02) }, bench);
    void endpoint.attach(faulty(late, { seed, chances, until: 60 }, bench));
    const lastCall = async (): Promise<number> => {
      const board = await wireBoard(host, { clock });
      const request = { area, range: 0, codes: new Int16Array(8), vectors: 1, repeats: 20, firstSample: 3 };
      for (let i = 0; i < 40; i++) await board.readOut(request);
      const start = clock.now();
      await board.sense();
      const took = clock.now() - start;
      await board.close();
      return took;
    };
    expect(await clock.run(lastCall())).toBeLessThanOrEqual(0.0400001);
  });

  it("chunks that were lost are asked for by number, and counted", async () => {
    const clock = steppedClock();
    const orders = [9, 11].map((chunk) => ({ kind: "drop", way: "toHost", chunk }) as const);
    const read = async (): Promise<void> => {
      const board = await pipedBoard(ledgerCore(), { clock, linkFaults: { orders } });
      const request = { area, range: 0, codes: new Int16Array(8), vectors: 1, repeats: 100, firstSample: 3 };
      const { codes } = await board.readOut(request);
      expect(codes).toEqual(Int16Array.from({ length: 800 }, (_, i) => ledgerCode(3 + (i >> 3), i & 7)));
      const { host } = await board.linkFigures();
      expect(host.gaps).toBe(16); // two chunks of 8 samples: (96 − 24) bytes / 9 bytes a sample
      expect((await board.sense()).readOuts).toBe(116);
      await board.close();
    };
    await clock.run(read());
  });
});

describe("calling off", () => {
  it("ends a programming after the cell in hand, and another caller's read-out goes on", async () => {
    const core = ledgerCore({ maxFrame: 4000 });
    const board = await pipedBoard(core);
    const stop = new AbortController();
    const targets = inSiemens(new Float64Array(64));
    const call = board.program({ area, targets, tolerance: siemens(0), maxPulses: 1, signal: stop.signal });
    const request = { area, range: 0, codes: new Int16Array(8), vectors: 1, repeats: 9, firstSample: 0 };
    const other = board.readOut(request);
    setImmediate(() => setImmediate(() => stop.abort()));
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    const pulsed = core.pulses.reduce((a, b) => a + b);
    expect(pulsed).toBeGreaterThan(0);
    expect(pulsed).toBeLessThan(64);
    expect((await other).codes).toHaveLength(72);
    expect(core.pulses.reduce((a, b) => a + b)).toBe(pulsed);
    await board.close();
  });

  it("idle ends what runs and what waits, and nothing of it starts again", async () => {
    const core = ledgerCore({ maxFrame: 4000 });
    const board = await pipedBoard(core);
    const targets = inSiemens(new Float64Array(64));
    const calls = [
      board.program({ area, targets, tolerance: siemens(0), maxPulses: 1 }),
      board.pulse({ tile: 0, row: 7, col: 7 }, "set", volts(1), seconds(1e-7)),
    ].map((call) =>
      call.then(
        () => "done",
        (error: { code: string }) => error.code,
      ),
    );
    await board.idle();
    const pulsed = core.pulses.reduce((a, b) => a + b);
    expect(await Promise.all(calls)).toEqual(["CANCELLED", "CANCELLED"]);
    expect((await board.sense()).idle).toBe(true);
    expect(core.pulses.reduce((a, b) => a + b)).toBe(pulsed);
    await board.close();
  });
});
