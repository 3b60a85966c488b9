import { type Clock, type RandomStream, randomStream, streams } from "#calibration";
import { type Seconds, seconds } from "#protocol";
import type { Transport } from "../transport.ts";

/**
 * What can happen to a chunk of bytes on its way. `merge` holds it until the next one comes; `garbage` puts
 * up to 4 KiB of noise before it; `delay` and `stall` hold it
 * and everything behind it, briefly or longer than a time-out; `restart` loses it and cuts the board's power for a
 * moment; `unplug` ends the link.
 */
export const faultKinds = [
  "drop",
  "duplicate",
  "flip",
  "cut",
  "merge",
  "garbage",
  "delay",
  "stall",
  "restart",
  "unplug",
] as const;
export type FaultKind = (typeof faultKinds)[number];
export type Way = "toBoard" | "toHost";

/** A fault that happened: to which chunk, and how many bytes more came out than went in (fewer: below zero). */
export interface LinkFault {
  readonly kind: FaultKind;
  readonly way: Way;
  readonly chunk: number;
  readonly bytes: number;
}

export interface LinkFaults {
  readonly seed?: number;
  /** Chance of each kind, for each chunk, both ways. Their sum is at most 1. */
  readonly chances?: { readonly [K in FaultKind]?: number };
  /** Faults at a chunk, counted from 1 each way. */
  readonly orders?: readonly { readonly kind: FaultKind; readonly way: Way; readonly chunk: number }[];
  /** The first chunk, each way, to which something may happen by chance. */
  readonly from?: number;
  /** Chunks, each way, after which nothing happens by chance any more. */
  readonly until?: number;
  readonly delay?: Seconds;
  readonly stall?: Seconds;
  /** Told of each fault as it happens, to compare with what the figures of both ends say of it. */
  readonly onFault?: (fault: LinkFault) => void;
}
export interface FaultBench {
  readonly clock: Clock;
  readonly restart: () => void;
}

/** The board's end of a link on which things go wrong, as ordered or by seeded chance. */
export function faulty(inner: Transport, faults: LinkFaults, bench: FaultBench): Transport {
  const lanes = {
    toBoard: new Lane("toBoard", inner, faults, bench),
    toHost: new Lane("toHost", inner, faults, bench),
  };
  return {
    url: inner.url,
    onData: (listener) =>
      inner.onData((chunk) => void lanes.toBoard.pass(chunk, async (bytes) => listener(bytes))),
    onClose: (listener) => inner.onClose(listener),
    write: (bytes) => lanes.toHost.pass(bytes, (passed) => inner.write(passed)),
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };
}

/** Bytes of garbage that come at once, at most. */
const longestFlood = 4096;

type Forward = (bytes: Uint8Array) => Promise<void>;

/** One direction. Chunks keep their order whatever holds one of them up. */
class Lane {
  readonly #way: Way;
  readonly #inner: Transport;
  readonly #faults: LinkFaults;
  readonly #bench: FaultBench;
  readonly #random: RandomStream;
  #count = 0;
  #held: Uint8Array = new Uint8Array(0);
  #last: Promise<void> = Promise.resolve();

  constructor(way: Way, inner: Transport, faults: LinkFaults, bench: FaultBench) {
    this.#way = way;
    this.#inner = inner;
    this.#faults = faults;
    this.#bench = bench;
    this.#random = randomStream(faults.seed ?? 1, streams.linkFaults, way === "toBoard" ? 0 : 1);
  }

  pass(chunk: Uint8Array, forward: Forward): Promise<void> {
    const turn = this.#last.then(() => this.#happen(chunk, forward));
    this.#last = turn.catch(() => {}); // the writer hears of it; what follows is not to blame
    return turn;
  }

  #draw(): FaultKind | undefined {
    const chunk = ++this.#count;
    const ordered = this.#faults.orders?.find((order) => order.way === this.#way && order.chunk === chunk);
    let left = this.#random.uniform();
    if (ordered) return ordered.kind;
    const { from = 1, until = Number.POSITIVE_INFINITY } = this.#faults;
    if (chunk < from || chunk > until) return undefined;
    return faultKinds.find((kind) => {
      left -= this.#faults.chances?.[kind] ?? 0;
      return left < 0;
    });
  }

  #below(n: number): number {
    return Math.floor(this.#random.uniform() * n);
  }

  async #happen(chunk: Uint8Array, forward: Forward): Promise<void> {
    const { delay = seconds(0.05), stall = seconds(3) } = this.#faults;
    const kind = this.#draw();
    const told = (bytes: number): void => this.#tell(kind, bytes);
    switch (kind) {
      case "drop":
        return told(-chunk.length);
      case "duplicate":
        told(chunk.length);
        await this.#send(chunk, forward);
        return this.#send(chunk.slice(), forward);
      case "flip": {
        const flipped = chunk.slice();
        flipped[this.#below(chunk.length)]! ^= 1 << this.#below(8);
        told(0);
        return this.#send(flipped, forward);
      }
      case "cut": {
        const rest = chunk.subarray(0, this.#below(chunk.length));
        told(rest.length - chunk.length);
        return this.#send(rest, forward);
      }
      case "merge":
        told(0);
        this.#held = Buffer.concat([this.#held, chunk]);
        return;
      case "garbage": {
        const flood = Uint8Array.from({ length: 1 + this.#below(longestFlood) }, () => this.#below(256));
        told(flood.length);
        return this.#send(Buffer.concat([flood, chunk]), forward);
      }
      case "delay":
      case "stall":
        told(0);
        await this.#bench.clock.sleep(kind === "delay" ? delay : stall);
        return this.#send(chunk, forward);
      case "restart":
        told(-chunk.length);
        return this.#bench.restart();
      case "unplug":
        told(-chunk.length);
        return this.#inner.close();
      case undefined:
        return this.#send(chunk, forward);
      default:
        return kind satisfies never;
    }
  }

  #tell(kind: FaultKind | undefined, bytes: number): void {
    if (kind) this.#faults.onFault?.({ kind, way: this.#way, chunk: this.#count, bytes });
  }

  #send(chunk: Uint8Array, forward: Forward): Promise<void> {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = new Uint8Array(0);
    return forward(bytes);
  }
}
