import type { Clock } from "#calibration";
import { seconds } from "#protocol";

/** Lets the event loop turn once, so that bytes which have arrived are seen before time is called. */
export const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/**
 * One timer for the soonest deadline. A deadline that moves away costs nothing: the alarm rings in vain and is set
 * again, so a stream of frames that push it on sets no timer at all.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #stop: AbortController | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `at`, or somewhat before; never where it is undefined. */
  set(at: number | undefined): void {
    if (at === undefined || at >= this.#at || at === Number.POSITIVE_INFINITY) return;
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    this.#at = at;
    const span = seconds(Math.max(0, at - this.#clock.now()));
    this.#clock
      .sleep(span, stop.signal)
      .then(turn)
      .then(
        () => this.#fire(stop),
        () => {}, // set anew or stopped
      );
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  #fire(stop: AbortController): void {
    if (stop !== this.#stop) return;
    this.#stop = undefined;
    this.#at = Number.POSITIVE_INFINITY;
    this.#ring();
  }
}
