import type { CPU } from "avr8js";
import { Gathered } from "../machine.ts";

/** Addresses of USART0's registers, and of its vectors in words. */
export interface UsartRegisters {
  readonly status: number;
  readonly control: number;
  readonly baudLow: number;
  readonly baudHigh: number;
  readonly byte: number;
  readonly received: number;
  readonly empty: number;
  readonly sent: number;
}

const [RXC, TXC, UDRE, DOR, U2X] = [0x80, 0x40, 0x20, 0x08, 0x02];
const [RXEN, TXEN] = [0x10, 0x08];
/** Start, eight data bits, stop. */
const bitsPerByte = 10;
/** The receive buffer of two bytes, and the shift register that holds a third. */
const receiveDepth = 3;

/**
 * USART0 of an ATmega in 8N1, as the data sheet has it (DS40002061B §20): the transmitter holds one byte behind the one
 * that it shifts out, the receiver two and a third in its shift register; what comes then is lost (DOR, `overruns`). In
 * place of avr8js' own, which holds one byte each way and never overruns, and loses interrupts: UDRE is an edge there,
 * and a write of UCSRB forgets a received byte.
 */
export class Usart {
  /** Bytes lost because the firmware was too late. */
  overruns = 0;
  /** Cycle in which the last byte was in. */
  heardAt = 0;
  readonly #cpu: CPU;
  readonly #at: UsartRegisters;
  readonly #gathered = new Gathered();
  /** What the other side sends; `#coming[#next]` is on the line. */
  #coming: Uint8Array[] = [];
  #next = 0;
  #receiving = false;
  #buffer: number[] = [];
  #shifting: number | undefined;
  #held: number | undefined;
  readonly #interrupts: Record<"received" | "empty" | "sent", Parameters<CPU["setInterruptFlag"]>[0]>;

  constructor(cpu: CPU, at: UsartRegisters) {
    this.#cpu = cpu;
    this.#at = at;
    const on = (address: number, mask: number, constant: boolean) => ({
      ...{ address, flagRegister: at.status, flagMask: mask },
      ...{ enableRegister: at.control, enableMask: mask, constant },
    });
    this.#interrupts = {
      received: on(at.received, RXC, true),
      empty: on(at.empty, UDRE, true),
      sent: on(at.sent, TXC, false),
    };
    cpu.data[at.status] = UDRE;
    this.#hook();
  }

  /** Bytes that have not arrived whole. */
  get arriving(): number {
    return this.#coming.reduce((sum, { length }) => sum + length, 0) - this.#next;
  }

  receive(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#coming.push(bytes);
    if (!this.#receiving) this.#listen();
  }

  /** What has left the line since it was last asked. */
  sent(): Uint8Array {
    return this.#gathered.take();
  }

  /** Takes what is still on its way in off the line, for the USART after a reset. */
  unheard(): Uint8Array[] {
    const [first, ...rest] = this.#coming.splice(0);
    return first === undefined ? [] : [first.subarray(this.#next), ...rest];
  }

  get #cyclesPerByte(): number {
    const { data } = this.#cpu;
    const divider = ((data[this.#at.baudHigh]! & 0x0f) << 8) | data[this.#at.baudLow]!;
    return (divider + 1) * (data[this.#at.status]! & U2X ? 8 : 16) * bitsPerByte;
  }

  #hook(): void {
    const [cpu, at] = [this.#cpu, this.#at];
    cpu.writeHooks[at.status] = (value) => {
      cpu.data[at.status] = (cpu.data[at.status]! & ~U2X) | (value & U2X);
      cpu.clearInterruptByFlag(this.#interrupts.sent, value);
      return true;
    };
    cpu.writeHooks[at.control] = (value) => {
      cpu.data[at.control] = value;
      for (const interrupt of Object.values(this.#interrupts)) cpu.updateInterruptEnable(interrupt, value);
      return true;
    };
    cpu.writeHooks[at.byte] = (value) => {
      if (cpu.data[at.control]! & TXEN) this.#transmit(value);
      return true;
    };
    cpu.readHooks[at.byte] = () => {
      const byte = this.#buffer.shift() ?? 0;
      cpu.data[at.status]! &= ~DOR;
      if (this.#buffer.length === 0) cpu.clearInterrupt(this.#interrupts.received);
      return byte;
    };
  }

  #transmit(byte: number): void {
    if (this.#shifting === undefined) this.#shift(byte);
    else {
      this.#held = byte;
      this.#cpu.clearInterrupt(this.#interrupts.empty);
    }
  }

  #shift(byte: number): void {
    this.#shifting = byte;
    this.#cpu.addClockEvent(() => {
      this.#gathered.push(byte);
      this.#shifting = undefined;
      const held = this.#held;
      this.#held = undefined;
      if (held === undefined) return this.#cpu.setInterruptFlag(this.#interrupts.sent);
      this.#shift(held);
      this.#cpu.setInterruptFlag(this.#interrupts.empty);
    }, this.#cyclesPerByte);
  }

  #listen(): void {
    this.#receiving = true;
    this.#cpu.addClockEvent(() => this.#arrive(), this.#cyclesPerByte);
  }

  /** One byte is in. */
  #arrive(): void {
    this.heardAt = this.#cpu.cycles;
    const [chunk] = this.#coming;
    const byte = chunk![this.#next++]!;
    if (this.#next === chunk!.length) {
      this.#coming.shift();
      this.#next = 0;
    }
    if (this.#cpu.data[this.#at.control]! & RXEN) this.#take(byte);
    if (this.#coming.length > 0) this.#listen();
    else this.#receiving = false;
  }

  #take(byte: number): void {
    if (this.#buffer.length === receiveDepth) {
      this.overruns++;
      this.#cpu.data[this.#at.status]! |= DOR;
      return;
    }
    this.#buffer.push(byte);
    this.#cpu.setInterruptFlag(this.#interrupts.received);
  }
}
