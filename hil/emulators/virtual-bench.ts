import type { Clock } from "#calibration";
import type { Transport } from "#drivers";
import { MhoError, type Seconds, seconds } from "#protocol";
import type { TimedLine } from "./machine.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** How long the board runs before the host has its turn: what a host takes to answer, in board time. */
const slice = 250e-6;
/** Times that differ by less are the same: a machine counts whole cycles, and a sum of seconds is rounded. */
const instant = 1e-9;
/** Turns of the event loop in which a host does what follows from the bytes it got. */
const hostTurns = 2;

/**
 * A machine and its host in one program and one time, the machine's: it runs while the host waits for bytes or sleeps, and
 * stands still while the host works. Nothing depends on the speed of either, so a session replays to the last byte.
 */
export class VirtualBench implements Clock {
  readonly machine: TimedLine;
  readonly #sleeping = new Set<Sleeper>();
  #host: VirtualLine | undefined;
  #running = false;

  constructor(machine: TimedLine) {
    this.machine = machine;
  }

  now(): Seconds {
    return this.machine.now();
  }

  sleep(span: Seconds, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = (): void => void (this.#sleeping.delete(sleeper) && reject(signal?.reason));
      const wake = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper = { at: this.now() + span, wake };
      this.#sleeping.add(sleeper);
      signal?.addEventListener("abort", stop, { once: true });
      this.start();
    });
  }

  /** Plugs a host in, in place of the one before. What the board has said meanwhile is lost, as it is at a tty. */
  connect(): Transport {
    this.#host?.unplug();
    this.machine.sent();
    this.#host = new VirtualLine(this);
    return this.#host;
  }

  /** Lets the machine run until nothing moves: no byte to come in, nobody asleep. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    do {
      this.machine.run(seconds(Math.min(this.now() + slice, ...[...this.#sleeping].map(({ at }) => at))));
      const sent = this.machine.sent();
      if (sent.length > 0) this.#host?.deliver(sent);
      for (const sleeper of this.#sleeping)
        if (sleeper.at <= this.now() + instant && this.#sleeping.delete(sleeper)) sleeper.wake();
      for (let i = 0; i < hostTurns; i++) await new Promise((done) => setImmediate(done));
    } while (this.#sleeping.size > 0 || this.machine.arriving > 0);
    this.#running = false;
  }
}

/** The host's end of the line. */
class VirtualLine implements Transport {
  readonly url: string;
  readonly #bench: VirtualBench;
  #listener: ((chunk: Uint8Array) => void) | undefined;
  #waiting: Uint8Array[] = [];
  readonly #closed: ((reason?: Error) => void)[] = [];
  #open = true;

  constructor(bench: VirtualBench) {
    this.#bench = bench;
    this.url = bench.machine.url;
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    this.#listener = listener;
    for (const chunk of this.#waiting.splice(0)) listener(chunk);
  }

  onClose(listener: (reason?: Error) => void): void {
    this.#closed.push(listener);
  }

  deliver(chunk: Uint8Array): void {
    if (!this.#open) return;
    if (this.#listener) this.#listener(chunk);
    else this.#waiting.push(chunk);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) throw this.#lost("sending");
    this.#bench.machine.receive(bytes);
    this.#bench.start();
  }

  unplug(): void {
    this.#end(this.#lost("waiting for bytes"));
  }

  async close(): Promise<void> {
    this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(reason?: Error): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#closed.splice(0)) listener(reason);
  }

  #lost(doing: string): MhoError {
    return new MhoError("LINK_LOST", { url: this.url, doing });
  }
}
