import type { FrontEnd } from "./front-end.ts";

/** What a command takes after its first byte, most significant byte first, and what it answers with from then on. */
interface Command {
  readonly takes: number;
  readonly run: (front: FrontEnd, at: DataView) => ArrayLike<number> | undefined;
}

const millivolts = 1e-3;
const nanoseconds = 1e-9;

/** The register protocol of the front end; docs/board-sheet.md says what each does on a real one. */
const commands: Readonly<Record<number, Command>> = {
  1: { takes: 0, run: (front) => void front.ground() },
  2: { takes: 2, run: (front, at) => void front.select(at.getUint16(0)) },
  3: { takes: 4, run: (front, at) => void front.drive(at.getUint16(0), at.getInt16(2)) },
  4: { takes: 5, run: (front, at) => front.convert(at.getUint16(0), at.getUint16(2), at.getUint8(4)) },
  5: {
    takes: 11,
    run: (front, at) =>
      void front.pulse({
        row: at.getUint16(0),
        col: at.getUint16(2),
        polarity: at.getUint8(4),
        amplitude: at.getUint16(5) * millivolts,
        width: at.getUint32(7) * nanoseconds,
      }),
  },
};
/** Codes of the last conversion, two bytes each. */
const readCodes = 0x06;
/** One byte, bit 0 BUSY. */
const readStatus = 0x07;

/** The front end's end of the bus: bytes in, bytes out, between a fall and a rise of chip select. */
export class SpiFrontEnd {
  readonly #front: FrontEnd;
  readonly #taken = new DataView(new ArrayBuffer(16));
  #opcode = 0;
  #count = 0;
  #codes: ArrayLike<number> = [];

  constructor(front: FrontEnd) {
    this.#front = front;
  }

  /** Chip select has fallen: the next byte is a command. */
  select(): void {
    this.#count = 0;
  }

  /** One byte each way. */
  exchange(byte: number): number {
    const at = this.#count++;
    if (at === 0) this.#opcode = byte;
    if (this.#opcode === readCodes) return at === 0 ? 0 : this.#codeByte(at - 1);
    if (this.#opcode === readStatus) return Number(this.#front.busy);
    const command = commands[this.#opcode];
    if (command === undefined) {
      if (at === 0) this.#front.mistakes.push(`command 0x${byte.toString(16)}`);
      return 0;
    }
    if (at > 0 && at <= command.takes) this.#taken.setUint8(at - 1, byte);
    if (at === command.takes) this.#codes = command.run(this.#front, this.#taken) ?? this.#codes;
    return 0;
  }

  #codeByte(at: number): number {
    if (at === 0 && this.#front.busy) this.#front.mistakes.push("codes read while BUSY");
    const code = this.#codes[at >> 1] ?? 0;
    return at % 2 === 0 ? (code >> 8) & 0xff : code & 0xff;
  }
}
