import type { AVRTWI, CPU, TWIEventHandler } from "avr8js";
import { oscillator } from "../avr/chips.ts";

/** A part on the bus. */
export interface I2cPart {
  /** The bytes of one write, once it has ended. */
  written(bytes: readonly number[]): void;
  /** The byte at `index` of a read. */
  read(index: number): number;
  /** General call 0x06: back to what it is at power-up (UM10204 §3.1.14). */
  reset?(): void;
}

const general = 0;
/** Eight bits and the acknowledge. */
const bitsPerByte = 9;

/** The bus behind a TWI: a byte takes as long as its clock says. */
export class I2cBus implements TWIEventHandler {
  readonly #twi: AVRTWI;
  readonly #cpu: CPU;
  readonly #parts: ReadonlyMap<number, I2cPart>;
  #address = -1;
  #writing = false;
  #bytes: number[] = [];
  #read = 0;

  constructor(cpu: CPU, twi: AVRTWI, parts: ReadonlyMap<number, I2cPart>) {
    this.#cpu = cpu;
    this.#twi = twi;
    this.#parts = parts;
    twi.eventHandler = this;
  }

  start(): void {
    this.#end();
    this.#twi.completeStart();
  }

  stop(): void {
    this.#end();
    this.#twi.completeStop();
  }

  connectToSlave(address: number, write: boolean): void {
    this.#address = address;
    this.#writing = write;
    this.#read = 0;
    const known = this.#parts.has(address) || (address === general && write);
    this.#after(() => this.#twi.completeConnect(known));
  }

  writeByte(byte: number): void {
    this.#bytes.push(byte);
    this.#after(() => this.#twi.completeWrite(true));
  }

  readByte(): void {
    const byte = this.#parts.get(this.#address)?.read(this.#read++) ?? 0xff;
    this.#after(() => this.#twi.completeRead(byte));
  }

  #after(step: () => void): void {
    this.#cpu.addClockEvent(step, Math.round((bitsPerByte * oscillator) / this.#twi.sclFrequency));
  }

  #end(): void {
    const bytes = this.#bytes.splice(0);
    if (bytes.length === 0 || !this.#writing) return;
    if (this.#address !== general) this.#parts.get(this.#address)?.written(bytes);
    else if (bytes[0] === 0x06) for (const part of this.#parts.values()) part.reset?.();
  }
}
