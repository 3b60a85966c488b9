import { closeSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { FrontEnd } from "../front-end.ts";
import { SpiFrontEnd } from "../spi-front-end.ts";
import { paint, stackDepth } from "../stack.ts";

/** The machine's memory from 0x21000000 on, and where its firmware's share of it ends; boards/cortex-m/link.ld. */
const memorySize = 16 << 20;
const ramSize = 1 << 20;
/** Of the mailbox behind it, by `struct mailbox` of boards/cortex-m/board.h. */
const at = {
  uid: 0,
  seed: 40,
  temperature: 48,
  supply: 52,
  frameBytes: 56,
  busy: 60,
  frames: 64,
  answer: 4160,
};
const uidSize = 32;
/** Kelvin and volts, as the board's own sensors would say. */
const condition = { temperature: 300, supply: 5 } as const;

export interface BoardFacts {
  readonly name: string;
  /** The firmware makes its boot ids from it. */
  readonly start: number;
}

/**
 * The memory that the emulated board shares with its front end: a file that QEMU maps. The board leaves frames there and rings a
 * bell; `carryOut` does what they say and leaves the answer.
 */
export class Mailbox {
  readonly path: string;
  readonly #file: number;
  readonly #spi: SpiFrontEnd;
  readonly #bytes = Buffer.alloc(at.answer);

  constructor(path: string, front: FrontEnd, facts: BoardFacts) {
    this.path = path;
    this.#spi = new SpiFrontEnd(front);
    this.#file = openSync(path, "w+", 0o600);
    ftruncateSync(this.#file, memorySize);
    writeSync(this.#file, Buffer.alloc(ramSize, paint), 0, ramSize, 0);
    const head = Buffer.alloc(at.frames);
    head.write(facts.name.slice(0, uidSize), at.uid, "latin1");
    head.writeUInt32LE(facts.start >>> 0, at.seed);
    head.writeFloatLE(condition.temperature, at.temperature);
    head.writeFloatLE(condition.supply, at.supply);
    writeSync(this.#file, head, 0, head.length, ramSize);
  }

  /** Gives the waiting frames to the front end, one after another. */
  carryOut(): void {
    readSync(this.#file, this.#bytes, 0, at.answer, ramSize);
    const end = at.frames + this.#bytes.readUInt32LE(at.frameBytes);
    for (let from = at.frames; from < end; ) {
      const sent = this.#bytes.readUInt16LE(from);
      const taken = this.#bytes.readUInt16LE(from + 2);
      const frame = this.#bytes.subarray(from + 4, from + 4 + sent);
      this.#spi.select();
      for (const byte of frame) this.#spi.exchange(byte);
      if (taken > 0) this.#answer(taken);
      from += 4 + sent;
    }
  }

  /** Bytes of stack used so far; the stack stands at the end of the firmware's RAM. */
  get stackDepth(): number {
    const ram = Buffer.alloc(ramSize);
    readSync(this.#file, ram, 0, ramSize, 0);
    return stackDepth(ram);
  }

  close(): void {
    closeSync(this.#file);
  }

  #answer(count: number): void {
    const answer = Uint8Array.from({ length: count }, () => this.#spi.exchange(0));
    writeSync(this.#file, answer, 0, count, ramSize + at.answer);
  }
}
