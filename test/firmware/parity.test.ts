import { describe, expect, it } from "vitest";
import { type RandomStream, randomStream } from "#calibration";
import { Endpoint, pipe, wireBoard } from "#drivers";
import {
  type Descriptor,
  decodeMessage,
  encodeFrame,
  encodeMessage,
  type Frame,
  flagLast,
  idOf,
  type MessageName,
  messageOf,
  noRequest,
  packSparse,
} from "#protocol";
import { ledgerCore } from "../drivers/ledger-core.ts";
import { hasCompiler, hostBoard, start } from "./host-board.ts";
import { openSession, request, type Terminal, terminal, terminalAt } from "./terminal.ts";

/** Requests of one session. */
const length = 3000;
const below = (chance: RandomStream, n: number): number => chance.uint32() % n;
const some = <T>(chance: RandomStream, ...of: readonly T[]): T => of[below(chance, of.length)]!;

/** Any request: mostly one that could be right, each of its numbers sometimes just beyond a limit. */
function anything(chance: RandomStream): readonly [MessageName, Record<string, unknown>] {
  const [rows, cols] = [below(chance, 5), below(chance, 5)];
  const area = { tile: below(chance, 3), row: below(chance, 7), col: below(chance, 7), rows, cols };
  const amount = some(chance, rows * cols, rows * cols, rows * cols, 3);
  const targets = Array.from({ length: amount }, () => some(chance, 200, 5000, 10_000, 199, 10_001));
  const program = { ...area, tolerance: some(chance, 0, 300, -1), maxPulses: below(chance, 4), targets };
  const volts = some(chance, 0.5, 1, 3, Math.fround(3.0001), -1);
  const pulse = {
    ...area,
    polarity: below(chance, 3),
    amplitude: volts,
    width: some(chance, 1e-6, 1e-4, 2e-4, 0),
  };
  const vectors = below(chance, 3);
  const drive = () => some(chance, 0, 1, 127, 129, 128);
  const driven = {
    ...{
      ...area,
      range: below(chance, 3),
      vectors,
      repeats: below(chance, 4),
      firstSample: 7,
      zeros: below(chance, 3),
    },
    inputs: Uint8Array.from({ length: vectors * rows + some(chance, 0, 0, 0, 1) }, drive),
    chunks: some(chance, [], [], [0], [1]),
  };
  const piece = Uint8Array.from({ length: below(chance, 20) }, (_, i) => i);
  const inputs = packSparse(Int16Array.of(1, 0, 2), 8);
  const forward = { plan: below(chance, 3), items: 1, samples: 2, firstItem: 0, seed: 1, inputs, chunks: [] };
  const kinds = {
    program,
    pulse: { ...pulse, rows: undefined, cols: undefined },
    readCells: { ...area, repeats: some(chance, 0, 1, 9, 65_535) },
    readOut: driven,
    readMoments: driven,
    storePlan: { size: some(chance, 40, 40, 2 ** 31), at: some(chance, 0, 0, piece.length), piece },
    forward,
    nextError: {},
    plan: {},
    ping: { token: below(chance, 100) },
    sense: {},
    idle: {},
    abort: {},
  } as const;
  const name = some(chance, ...(Object.keys(kinds) as (keyof typeof kinds)[]));
  return [name, kinds[name]];
}

/** Its frame; sometimes with an id of nothing, or a payload a byte short or long. */
function frameOf(chance: RandomStream, seq: number, oldest: number): Uint8Array {
  const [name, values] = anything(chance);
  const payload = encodeMessage(name, "request", values as never);
  const wrong = below(chance, 20);
  const bytes = wrong === 0 ? payload.subarray(1) : wrong === 1 ? Uint8Array.of(...payload, 0) : payload;
  const id = wrong === 2 ? 0x3a : wrong === 3 ? idOf("chunk", "request") : idOf(name, "request");
  return encodeFrame({ id, flags: 0, seq, re: oldest, credits: noRequest, payload: bytes });
}

/** What must be the same on both: who is answered, by what, and what does not depend on an array. */
function gist(frame: Frame): string {
  const name = messageOf(frame.id)!.name;
  const values = decodeMessage(name, "reply", frame.payload) as Record<string, unknown>;
  const kept = {
    refused: ["code"],
    nextError: ["code", "left"],
    ping: ["token"],
    plan: ["size", "crc"],
    storePlan: ["stored"],
  };
  const fields = kept[name as keyof typeof kept] ?? [];
  return [frame.re, name, ...fields.map((field) => values[field])].join(" ");
}

/** Sends the same requests to a board, each followed by one that shows it is over; gives the gist of what closed them. */
async function session(host: Terminal, seed: number): Promise<string[]> {
  const chance = randomStream(seed, 500);
  await openSession(host);
  const said: string[] = [];
  let seq = 60_000; // the numbers go round on the way
  const after = (n: number): number => (n + 1) % 0xfffe;
  for (let i = 0; i < length; i++) {
    const again = some(chance, 0, 0, 0, 1, 2);
    const asked = again > 0 && i > 3 ? (seq + 0xfffe - again) % 0xfffe : after(seq);
    const oldest = some(chance, asked, (asked + 0xfffe - below(chance, 4)) % 0xfffe);
    const frame = frameOf(chance, asked, oldest);
    seq = asked === after(seq) ? asked : seq;
    seq = after(seq);
    await host.send(frame);
    await host.send(request("plan", {}, { seq, oldest }));
    const closed = new Set<string>();
    for (let last = false; !last; ) {
      const found = await host.next(({ flags }) => (flags & flagLast) === flagLast);
      last = found.re === seq;
      closed.add(gist(found));
    }
    said.push([...closed].join(", "));
  }
  return said;
}

describe.skipIf(!hasCompiler)("the C endpoint and the simulator's (needs gcc and make)", async () => {
  const sizes = ["-DBOARD_TILES=2", "-DBOARD_ROWS=8", "-DBOARD_COLS=8", "-DWATCHDOG_MS=600000"];
  const program = hasCompiler ? await hostBoard(...sizes) : "";

  async function simulated(descriptor: Descriptor): Promise<Terminal> {
    const [host, far] = pipe();
    void new Endpoint(ledgerCore({ ...descriptor })).attach(far);
    return terminalAt({ transport: host, complaints: () => "" });
  }

  it.each([1, 2])(
    `give the same answers and refusals to ${length} requests, right and wrong, new and old (seed %i)`,
    async (seed) => {
      await using same = await wireBoard(start(program).transport);
      const { descriptor } = same;
      const c = terminal(program);
      const ts = await simulated(descriptor);
      const [ofC, ofTs] = [await session(c, seed), await session(ts, seed)];
      expect(ofC).toEqual(ofTs);
      const refusedCodes = new Set(ofC.flatMap((line) => line.match(/refused \d+/g) ?? []));
      expect([...refusedCodes].sort()).toEqual([
        "refused 1",
        "refused 10",
        "refused 2",
        "refused 3",
        "refused 4",
      ]);
      await c.close();
      expect(c.board.complaints()).toBe("");
    },
  );
});
