import type { Seconds } from "#protocol";
import type { FrontEnd } from "./front-end.ts";

/** A microcontroller's time and its line. */
export interface TimedLine {
  /** What it is called in messages, such as `emulated:atmega2560`. */
  readonly url: string;
  /** Seconds since it was made, by its own oscillator; a reset does not turn it back. */
  now(): Seconds;
  /** Runs until its time is `until`, or an instruction later. */
  run(until: Seconds): void;
  /** Puts bytes on the board's receive line. They arrive one behind another, at the line's rate. */
  receive(bytes: Uint8Array): void;
  /** Bytes that have not arrived yet. */
  readonly arriving: number;
  /** When the last byte arrived. */
  readonly heardAt: Seconds;
  /** Takes the bytes that have left the board's transmit line whole since it was last asked. */
  sent(): Uint8Array;
}

/** A microcontroller that runs real firmware, in time of its own. */
export interface Machine extends TimedLine {
  /** What it is wired to. */
  readonly front: FrontEnd;
  /** Bytes that came and were lost, because the firmware was too late to take them. */
  readonly overruns: number;
  /** The most bytes of stack that the firmware has used since it started. */
  readonly stackDepth: number;
  /** A restart of the controller, as its reset pin or its supply makes one: the array keeps what it holds. */
  reset(): void;
}

/** Bytes gathered one by one and taken together. */
export class Gathered {
  #bytes = new Uint8Array(256);
  #length = 0;

  push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }

  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
