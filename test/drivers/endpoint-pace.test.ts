import { describe, expect, it } from "vitest";
import { pipe, pipedBoard } from "#drivers";
import {
  decodeMessage,
  messageOf,
  noRequest,
  type PlanLayer,
  protocolVersion,
  seconds,
  tableHash,
  unpackSamples,
} from "#protocol";
import { Endpoint } from "../../drivers/simulator/endpoint.ts";
import { bytes, frames, request, settled } from "./board-terminal.ts";
import { ledgerCode, ledgerCore } from "./ledger-core.ts";
import { steppedClock } from "./stepped-clock.ts";

describe("a slow board", () => {
  it("says how far it has come where the items of a stream take long, and gives each of them once", async () => {
    const core = ledgerCore({ maxFrame: 4000 });
    // Each sample takes 30 ms of the board's time, and the 300 of a chunk 9 s.
    let now = 0;
    const { readOut } = core;
    core.readOut = (asked, inputs, first, count) => {
      now += 0.03 * count;
      return readOut(asked, inputs, first, count);
    };
    const clock = { ...steppedClock(), now: () => seconds(now) };
    const endpoint = new Endpoint(core, { clock });
    const [host, far] = pipe();
    void endpoint.attach(far);
    const said: Uint8Array[] = [];
    host.onData((chunk) => said.push(chunk.slice()));
    const hello = request("hello", { ...protocolVersion, tableHash }, 0xfffe, noRequest);
    const area = { tile: 0, row: 0, col: 0, rows: 1, cols: 8 };
    const reading = { ...area, range: 0, vectors: 1, repeats: 300, firstSample: 0, zeros: 0, chunks: [] };
    const asked = request("readOut", { ...reading, inputs: Uint8Array.of(1) }, 1);
    await host.write(Buffer.concat([bytes("\0\nbinary\n\0"), hello, asked]));
    for (let i = 0; i < 30; i++) await settled();
    const heard = frames(Buffer.concat(said)).filter(({ re }) => re === 1);
    const kinds = heard.map(({ id }) => messageOf(id)!.name);
    expect(kinds.filter((kind) => kind === "chunk")).toHaveLength(1);
    expect(kinds.at(-1)).toBe("readOut");
    const told = heard
      .filter(({ id }) => messageOf(id)!.name === "progress")
      .map(({ payload }) => decodeMessage("progress", "reply", payload).done);
    // 9 s in steps that take 0.1 s at most once the pace is found: never more than 0.2 s worth of samples between two.
    expect(told.length).toBeGreaterThan(45);
    for (let k = 2; k < told.length; k++) expect(told[k]! - told[k - 1]!).toBeLessThanOrEqual(6);
    const { items } = decodeMessage("chunk", "reply", heard[kinds.indexOf("chunk")]!.payload);
    const codes = unpackSamples(items, 9, { samples: 300, perSample: 8 });
    expect(codes).toEqual(Int16Array.from({ length: 2400 }, (_, at) => ledgerCode(at >> 3, at & 7)));
  });
});

describe("samples of a network", () => {
  it("are read together from where an input begins, but for the first few", async () => {
    const core = ledgerCore({ maxFrame: 4000 });
    const cuts: [first: number, count: number][] = [];
    const { forward } = core;
    core.forward = (plan, asked, inputs, first, count) => {
      cuts.push([first, count]);
      return forward(plan, asked, inputs, first, count);
    };
    const clock = steppedClock(); // stands still while the board reads
    const [items, samples, outputs] = [10, 20, 3];
    const one = new Float32Array(outputs);
    const layer: PlanLayer = {
      ...{ inputs: 2, outputs, range: 0, average: 1, signs: [1], twoPhases: false, relu: false },
      ...{
        low: -256,
        high: 255,
        blocks: [],
        topUp: undefined,
        scale: one,
        bias: one,
        offset: one,
        floor: one,
      },
    };
    await using host = await clock.run(pipedBoard(core, { clock }));
    const asked = { plan: { outputBits: 9, layers: [layer] }, items, samples, firstItem: 0, seed: 1 };
    const { codes } = await clock.run(host.forward({ ...asked, inputs: new Int16Array(items * 2).fill(1) }));
    expect(cuts).toEqual([
      [0, 8],
      [8, 112],
      [120, 80],
    ]);
    expect(codes).toEqual(
      Int16Array.from({ length: items * samples * outputs }, (_, at) =>
        ledgerCode(Math.floor(at / outputs), at % outputs),
      ),
    );
  });
});
