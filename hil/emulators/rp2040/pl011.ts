import { BasePeripheral, type RP2040 } from "rp2040js";
import type { Gathered } from "../machine.ts";

/** Registers, by the PL011 technical reference manual (ARM DDI 0183). */
const at = {
  dr: 0x00,
  fr: 0x18,
  ibrd: 0x24,
  fbrd: 0x28,
  lcr: 0x2c,
  cr: 0x30,
  ifls: 0x34,
  imsc: 0x38,
  ris: 0x3c,
  mis: 0x40,
  icr: 0x44,
} as const;
const rxEmpty = 1 << 4;
const txFull = 1 << 5;
const txEmpty = 1 << 7;
const rxInterrupt = 1 << 4;
const txInterrupt = 1 << 5;
const rxTimeout = 1 << 6;
const depth = 32;
const bitsPerByte = 10;

/**
 * UART0 of an RP2040 with the rate of its line, both ways: rp2040js' own sends a byte the moment it is written, and its
 * transmit FIFO never fills. A byte that finds the receive FIFO full is lost, as on the chip, and counted.
 */
export class Pl011 extends BasePeripheral {
  /** Bytes that the firmware did not fetch in time. */
  overruns = 0;
  /** Nanoseconds of board time at which the last byte arrived. */
  heardAt = 0;
  readonly #irq: number;
  readonly #sent: Gathered;
  readonly #registers = new Map<number, number>();
  readonly #rx: number[] = [];
  readonly #tx: number[] = [];
  #arriving: Uint8Array[] = [];
  #arrived = 0;
  #sending = false;
  #status = 0;
  readonly #nextIn: { schedule(nanos: number): void };
  readonly #nextOut: { schedule(nanos: number): void };

  /** `sent` gets the bytes that have left whole. */
  constructor(rp2040: RP2040, irq: number, sent: Gathered) {
    super(rp2040, "UART0");
    this.#irq = irq;
    this.#sent = sent;
    this.#nextIn = rp2040.clock.createAlarm(() => this.#byteIn());
    this.#nextOut = rp2040.clock.createAlarm(() => this.#byteOut());
  }

  /** Bytes on their way in. */
  get arriving(): number {
    return this.#arriving.reduce((sum, { length }) => sum + length, 0) - this.#arrived;
  }

  receive(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#arriving.push(bytes);
    if (this.#arriving.length === 1) this.#nextIn.schedule(this.#byteNanos());
  }

  /** What has not arrived yet, taken off the line. */
  unheard(): Uint8Array[] {
    const [first, ...rest] = this.#arriving;
    const unheard = first === undefined ? [] : [first.subarray(this.#arrived), ...rest];
    this.#arriving = [];
    this.#arrived = 0;
    return unheard;
  }

  override readUint32(offset: number): number {
    switch (offset) {
      case at.dr:
        return this.#fetch();
      case at.fr:
        return (
          (this.#rx.length === 0 ? rxEmpty : 0) |
          (this.#tx.length === depth ? txFull : 0) |
          (this.#tx.length === 0 && !this.#sending ? txEmpty : 0)
        );
      case at.ris:
        return this.#status;
      case at.mis:
        return this.#status & this.#register(at.imsc);
      default:
        return this.#register(offset);
    }
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === at.dr) this.#put(value & 0xff);
    else if (offset === at.icr) this.#status &= ~this.rawWriteValue;
    else this.#registers.set(offset, value);
    this.#interrupt();
  }

  #register(offset: number): number {
    return this.#registers.get(offset) ?? 0;
  }

  /** Nanoseconds of a byte at the rate that the firmware has set; 115200 baud before it has. */
  #byteNanos(): number {
    const divisor = this.#register(at.ibrd) + this.#register(at.fbrd) / 64;
    const baud = divisor > 0 ? this.rp2040.clkPeri / (16 * divisor) : 115_200;
    return (bitsPerByte * 1e9) / baud;
  }

  #byteIn(): void {
    const [chunk] = this.#arriving;
    if (chunk === undefined) return;
    const byte = chunk[this.#arrived++]!;
    if (this.#arrived === chunk.length) {
      this.#arriving.shift();
      this.#arrived = 0;
    }
    this.heardAt = this.rp2040.clock.nanos;
    if (this.#register(at.cr) & 1) {
      if (this.#rx.length < depth) this.#rx.push(byte);
      else this.overruns++;
      this.#status |= this.#rx.length >= depth / 8 ? rxInterrupt : 0;
      // On the chip 32 bit times after the last byte; here with it, for the next one may come at once.
      if (this.#arriving.length === 0) this.#status |= rxTimeout;
      this.#interrupt();
    }
    if (this.#arriving.length > 0) this.#nextIn.schedule(this.#byteNanos());
  }

  #fetch(): number {
    const byte = this.#rx.shift() ?? 0;
    if (this.#rx.length < depth / 8) this.#status &= ~rxInterrupt;
    if (this.#rx.length === 0) this.#status &= ~rxTimeout;
    this.#interrupt();
    return byte;
  }

  #put(byte: number): void {
    if (this.#tx.length < depth) this.#tx.push(byte);
    if (this.#tx.length > depth / 2) this.#status &= ~txInterrupt;
    if (!this.#sending) this.#load();
  }

  #load(): void {
    this.#sending = this.#tx.length > 0;
    if (this.#sending) this.#nextOut.schedule(this.#byteNanos());
  }

  /** The byte in the shifter has left whole. */
  #byteOut(): void {
    const byte = this.#tx.shift();
    if (byte === undefined) return;
    this.#sent.push(byte);
    if (this.#tx.length === depth / 2) this.#status |= txInterrupt;
    this.#load();
    this.#interrupt();
  }

  #interrupt(): void {
    this.rp2040.setInterrupt(this.#irq, (this.#status & this.#register(at.imsc)) !== 0);
  }
}
