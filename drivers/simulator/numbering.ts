import { type Frame, noRequest } from "#protocol";
import { older } from "../session/index.ts";

/** Later requests after which a kept answer cannot be asked for any more: half of the numbers there are. */
const forgotten = 0x7fff;

/**
 * What a board must remember so that nothing happens twice: the number and answer of its last `change`, and the oldest
 * number that the host still waits for. One answer is enough, as a host has one `change` open at a time; it may stay in
 * the transmit buffer until the next request of the queue is carried out, so it costs a small board no RAM of its own.
 */
export class Numbering {
  #floor: number | undefined;
  #kept: { readonly seq: number; readonly answer: Frame } | undefined;
  #since = 0;
  /** Whether a host said hello since the session before ended. */
  greeted = false;

  /** What to do with request `seq` of a host that still waits for `oldest` (`noRequest`: it does not say). */
  judge(seq: number, oldest: number): "new" | "stale" | Frame {
    if (seq === noRequest) return "new";
    // Only forward: a copy that was long underway must not bring an older mark back.
    if (oldest !== noRequest && (this.#floor === undefined || older(this.#floor, oldest)))
      this.#floor = oldest;
    if (
      this.#kept &&
      ((this.#floor !== undefined && older(this.#kept.seq, this.#floor)) || ++this.#since > forgotten)
    )
      this.#kept = undefined;
    if (this.#floor !== undefined && oldest !== noRequest && older(seq, this.#floor)) return "stale";
    return this.#kept?.seq === seq ? this.#kept.answer : "new";
  }

  /** Whether the host has given up waiting for this request. */
  closed(seq: number): boolean {
    return seq !== noRequest && this.#floor !== undefined && older(seq, this.#floor);
  }

  keep(seq: number, answer: Frame): void {
    if (seq === noRequest) return;
    this.#kept = { seq, answer };
    this.#since = 0;
  }

  /** A further request of the queue shows that the host has the kept answer. */
  release(): void {
    this.#kept = undefined;
  }

  end(): void {
    this.#floor = undefined;
    this.#kept = undefined;
    this.greeted = false;
  }
}
