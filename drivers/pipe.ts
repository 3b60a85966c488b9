import { Closing, linkLost } from "./closing.ts";
import type { Transport } from "./transport.ts";

/** Deliveries in a row before the event loop gets a turn for timers, sockets and signals. */
const burst = 64;

/**
 * Two ends in one program: what is written into one comes out of the other, later, never inside `write`. The bytes are
 * not copied: a writer gives them away. A write resolves once the other end's listener has had them.
 */
export function pipe(url = "pipe:"): readonly [near: Transport, far: Transport] {
  const soon = fairly();
  const near = new PipeEnd(url, soon);
  const far = new PipeEnd(url, soon);
  near.join(far);
  far.join(near);
  return [near, far];
}

/** Runs a callback soon: in a microtask, but every `burst`-th time only after the event loop has turned. */
function fairly(): (run: () => void) => void {
  let left = burst;
  return (run) => {
    if (left-- > 0) return queueMicrotask(run);
    left = burst;
    setImmediate(run);
  };
}

interface Sending {
  readonly bytes: Uint8Array;
  readonly taken: () => void;
  readonly lost: (reason: Error) => void;
}

class PipeEnd implements Transport {
  readonly url: string;
  readonly #soon: (run: () => void) => void;
  readonly #closing = new Closing();
  #peer: PipeEnd = this;
  #listener: ((chunk: Uint8Array) => void) | undefined;
  /** Written here and not yet taken by the peer: `#sending[#next]` and what follows. */
  #sending: Sending[] = [];
  #next = 0;
  #scheduled = false;

  constructor(url: string, soon: (run: () => void) => void) {
    this.url = url;
    this.#soon = soon;
  }

  join(peer: PipeEnd): void {
    this.#peer = peer;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#listener = listener;
    this.#peer.#schedule();
  }

  onClose(listener: (reason?: Error) => void): void {
    this.#closing.listen(listener);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((taken, lost) => {
      if (!this.#closing.open || !this.#peer.#closing.open) return lost(linkLost(this.url, "sending"));
      if (bytes.length === 0) return taken();
      this.#sending.push({ bytes, taken, lost });
      this.#schedule();
    });
  }

  async close(): Promise<void> {
    if (!this.#closing.open) return this.#closing.close();
    this.#closing.close();
    this.#drop();
    this.#peer.#drop();
    queueMicrotask(() => this.#peer.#closing.lose(linkLost(this.url, "waiting for bytes")));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #schedule(): void {
    if (this.#scheduled || this.#next === this.#sending.length || !this.#peer.#listener) return;
    this.#scheduled = true;
    this.#soon(() => this.#deliver());
  }

  #deliver(): void {
    this.#scheduled = false;
    const sending = this.#sending[this.#next];
    if (!sending) return;
    this.#next += 1;
    if (this.#next === this.#sending.length) {
      this.#sending = [];
      this.#next = 0;
    }
    this.#schedule();
    sending.taken();
    this.#peer.#listener?.(sending.bytes);
  }

  #drop(): void {
    const dropped = this.#sending.slice(this.#next);
    this.#sending = [];
    this.#next = 0;
    for (const sending of dropped) sending.lost(linkLost(this.url, "sending"));
  }
}
