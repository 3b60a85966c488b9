import { describe, expect, it } from "vitest";
import { pipe, type Transport, wireBoard } from "#drivers";
import {
  decodeMessage,
  encodeFrame,
  encodeMessage,
  type Frame,
  FrameDecoder,
  idOf,
  type Reply,
} from "#protocol";
import { Endpoint } from "../../drivers/simulator/endpoint.ts";
import { ledgerCode, ledgerCore } from "./ledger-core.ts";

type Chunk = Reply<"chunk">;

/** What a board sends, with each chunk of a stream replaced by what `lie` makes of it. */
function lying(inner: Transport, lie: (chunk: Chunk) => readonly Chunk[]): Transport {
  const decoder = new FrameDecoder();
  const told = (frame: Frame): readonly Frame[] =>
    frame.id === idOf("chunk", "reply")
      ? lie(decodeMessage("chunk", "reply", frame.payload)).map((chunk) => ({
          ...frame,
          payload: encodeMessage("chunk", "reply", chunk),
        }))
      : [frame];
  const write = (bytes: Uint8Array): Promise<void> =>
    inner.write(Buffer.concat([Uint8Array.of(0), ...decoder.push(bytes).flatMap(told).map(encodeFrame)]));
  return {
    ...{ url: inner.url, write, onData: (l) => inner.onData(l), onClose: (l) => inner.onClose(l) },
    ...{ close: () => inner.close(), [Symbol.asyncDispose]: () => inner.close() },
  };
}

const area = { tile: 0, row: 0, col: 0, rows: 8, cols: 8 };
/** 8 samples fit a chunk: 2 chunks. */
const request = { area, range: 0, codes: new Int16Array(8), vectors: 1, repeats: 16, firstSample: 3 };

async function readFrom(lie: (chunk: Chunk) => readonly Chunk[]): Promise<Int16Array> {
  const [host, far] = pipe();
  void new Endpoint(ledgerCore()).attach(lying(far, lie));
  const board = await wireBoard(host);
  try {
    return (await board.readOut(request)).codes;
  } finally {
    await board.close();
  }
}

const nothing = new Uint8Array(0);

describe("a board whose frames hold, and whose chunks do not", () => {
  it("is read as it is where it tells the truth", async () => {
    const codes = await readFrom((chunk) => [chunk]);
    expect(codes).toEqual(Int16Array.from({ length: 128 }, (_, i) => ledgerCode(3 + (i >> 3), i & 7)));
  });

  it.each<[string, (chunk: Chunk) => readonly Chunk[]]>([
    ["a chunk too short", (chunk) => [{ ...chunk, items: chunk.items.subarray(1) }]],
    ["a chunk too long", (chunk) => [{ ...chunk, items: Uint8Array.of(...chunk.items, 0) }]],
    [
      "an empty chunk behind the last, in place of it",
      (c) => (c.chunk === 1 ? [{ ...c, chunk: 2, items: nothing }] : [c]),
    ],
    ["a chunk far behind the last", (chunk) => [chunk, { ...chunk, chunk: 0xffff }]],
    [
      "a code that is not the one whose CRC it reckoned",
      (c) => [{ ...c, items: c.items.map((byte, i) => (i === 5 ? byte ^ 1 : byte)) }],
    ],
  ])("is broken, and never believed, with %s", async (_, lie) => {
    await expect(readFrom(lie)).rejects.toMatchObject({ code: "WIRE_BROKEN" });
  });
});
