import { describe, expect, it } from "vitest";
import type { Transport } from "../../drivers/transport.ts";

export interface Ends {
  /** The host's end. */
  readonly near: Transport;
  /** The board's end; closing it is what a board does that dies. */
  readonly far: Transport;
}
export interface Link {
  readonly name: string;
  readonly open: () => Promise<Ends>;
  /** More bytes than the path can hold by itself. */
  readonly flood: number;
}

/** Numerical Recipes' linear congruential generator: the same bytes and cuts in every run. */
export function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

export const noise = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, lcg(seed));

/** Writes `bytes` in pieces of 1 … `longest` bytes, each after the one before was handed on. */
export async function writeCut(
  to: Transport,
  bytes: Uint8Array,
  { seed = 1, longest = 9000 } = {},
): Promise<void> {
  const next = lcg(seed);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + (next() % longest);
    await to.write(bytes.slice(at, at + size));
    at += size;
  }
}

/** Everything that comes out of `from`, once there are `length` bytes. */
export function receive(from: Transport, length: number): Promise<Uint8Array> {
  const got = new Uint8Array(length);
  let at = 0;
  return new Promise((resolve) => {
    from.onData((chunk) => {
      got.set(chunk, at);
      at += chunk.length;
      if (at === length) resolve(got);
    });
  });
}

/** Lets the event loop turn, so that all that can happen without us has happened. */
export async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const lossOf = (end: Transport): Promise<Error | undefined> =>
  new Promise((resolve) => end.onClose(resolve));
const lost = expect.objectContaining({ code: "LINK_LOST" });

interface Bench extends Ends {
  readonly flood: number;
}

const laws: Record<string, (bench: Bench) => Promise<void>> = {
  "carries 1 MiB each way at once, every byte once and in order, however it is cut": async ({
    near,
    far,
  }) => {
    const [down, up] = [noise(2 ** 20, 7), noise(2 ** 20, 8)];
    const received = Promise.all([receive(far, down.length), receive(near, up.length)]);
    await Promise.all([writeCut(near, down, { seed: 3 }), writeCut(far, up, { seed: 4 })]);
    const [atFar, atNear] = await received;
    expect(Buffer.compare(atFar, down)).toBe(0);
    expect(Buffer.compare(atNear, up)).toBe(0);
  },

  "carries many small writes that nobody waits for, in order": async ({ near, far }) => {
    const bytes = noise(20_000, 5);
    const received = receive(far, bytes.length);
    const writes = Array.from(bytes, (_, at) => near.write(bytes.slice(at, at + 1)));
    expect(Buffer.compare(await received, bytes)).toBe(0);
    await Promise.all(writes);
  },

  "never calls a listener from inside write": async ({ near, far }) => {
    let inside = false;
    const calls: boolean[] = [];
    near.onData(() => calls.push(inside));
    const answered = receive(far, 3);
    inside = true;
    const writes = [near.write(Uint8Array.of(1, 2, 3)), far.write(Uint8Array.of(4))];
    inside = false;
    await Promise.all([...writes, answered, turns()]);
    expect(calls).toEqual([false]);
  },

  "keeps what comes before the first listener, and gives the rest to the listener that takes over": async (
    ends,
  ) => {
    const wrote = ends.far.write(Uint8Array.of(1, 2));
    await turns();
    expect([...(await receive(ends.near, 2))]).toEqual([1, 2]);
    await wrote;
    const later = receive(ends.near, 2);
    await ends.far.write(Uint8Array.of(3, 4));
    expect([...(await later)]).toEqual([3, 4]);
  },

  "holds a writer back while nobody reads, and loses nothing of it": async ({ near, far, flood }) => {
    const piece = noise(flood / 64, 9);
    let handedOn = 0;
    const writes = Array.from({ length: 64 }, () => near.write(piece).then(() => handedOn++));
    await turns(200);
    expect(handedOn).toBeLessThan(64);
    const received = await receive(far, flood);
    await Promise.all(writes);
    for (let at = 0; at < flood; at += piece.length)
      expect(Buffer.compare(received.subarray(at, at + piece.length), piece)).toBe(0);
  },

  "hears the other side while its own writes are held back, and still ends them": async ({
    near,
    far,
    flood,
  }) => {
    const heard = receive(near, 3);
    await turns();
    const piece = noise(flood / 64, 9);
    const writes = Array.from({ length: 64 }, () => near.write(piece));
    await turns();
    await far.write(Uint8Array.of(1, 2, 3));
    expect([...(await heard)]).toEqual([1, 2, 3]);
    await receive(far, flood);
    await Promise.all(writes);
  },

  "tells its own listener once and without a reason when it is closed, and takes no more": async ({
    near,
  }) => {
    const reasons: unknown[] = [];
    near.onClose((...reason) => reasons.push(reason));
    await near.close();
    await near.close();
    near.onClose((...reason) => reasons.push(reason));
    await turns();
    expect(reasons).toEqual([[]]);
    await expect(near.write(Uint8Array.of(1))).rejects.toEqual(lost);
  },

  "calls no listener after close, whatever is still on its way": async ({ near, far }) => {
    let chunks = 0;
    near.onData(() => chunks++);
    const late = Array.from({ length: 20 }, () =>
      far.write(noise(100, 1)).catch(() => "the other end is gone"),
    );
    const before = chunks;
    await near.close();
    await turns();
    expect(chunks).toBe(before);
    await far.close();
    await Promise.all(late);
  },

  "notices once that the peer died, says so, and then refuses writes": async ({ near, far }) => {
    const reasons: unknown[] = [];
    const loss = lossOf(near);
    near.onClose((reason) => reasons.push(reason));
    near.onData(() => {});
    await far.close();
    expect(await loss).toMatchObject({ code: "LINK_LOST", facts: { url: near.url } });
    await turns();
    await expect(near.write(Uint8Array.of(1))).rejects.toEqual(lost);
    expect(await lossOf(near)).toEqual(lost);
    await near.close();
    await turns();
    expect(reasons).toEqual([lost]);
  },

  "rejects the writes that wait when the peer dies": async ({ near, far, flood }) => {
    const piece = noise(flood / 64, 9);
    const writes = Array.from({ length: 64 }, () => near.write(piece));
    const outcomes = Promise.allSettled(writes);
    await turns();
    await far.close();
    const failed = (await outcomes).filter((outcome) => outcome.status === "rejected");
    expect(failed.length).toBeGreaterThan(0);
    for (const outcome of failed) expect(outcome.reason).toEqual(lost);
  },
};

/** The obligations in drivers/transport.ts, held against one kind of link. */
export function transportContract({ name, open, flood }: Link): void {
  describe(`a ${name}`, () => {
    it.each(Object.entries(laws))("%s", async (_, holds) => {
      const ends = await open();
      try {
        await holds({ ...ends, flood });
      } finally {
        await ends.near.close();
        await ends.far.close();
      }
    });
  });
}
