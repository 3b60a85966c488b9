import {
  AVRADC,
  AVREEPROM,
  AVRIOPort,
  AVRSPI,
  AVRTimer,
  avrInstruction,
  CPU,
  EEPROMMemoryBackend,
  PinState,
  portBConfig,
} from "avr8js";
import { type Seconds, seconds } from "#protocol";
import { type FrontEnd, type FrontEndOptions, frontEnd } from "../front-end.ts";
import type { Machine } from "../machine.ts";
import { SpiFrontEnd } from "../spi-front-end.ts";
import { type Chip, type ChipName, chips, oscillator } from "./chips.ts";
import { Usart } from "./usart.ts";

const SLEEP = 0x9588;
const [SREG, enabled] = [0x5f, 0x80];
const [SMCR, SE] = [0x53, 0x01];

/** What RAM holds at power-up. */
const paint = 0xa5;

/** Where the firmware looks for its name. */
const nameAt = 4;

/** Board temperature and supply as its ADC sees them: 10 mV a kelvin (LM335) on channel 0, half the supply on channel 1. */
const channelVolts = (temperature: number, supply: number): number[] => [temperature * 0.01, supply / 2];

export interface AvrOptions {
  readonly chip: ChipName;
  /** The firmware, from address 0 of the flash. */
  readonly firmware: Uint8Array;
  /** Bytes of RAM that it holds from the start of RAM on. */
  readonly staticData: number;
  readonly front: FrontEndOptions;
  /** The board's name, in its EEPROM behind the four bytes that count its starts. */
  readonly name: string;
  /** What they hold: the firmware counts on from there, and calls it its boot id. */
  readonly start: number;
  /** Kelvin and volts. */
  readonly temperature?: number;
  readonly supply?: number;
}

/** The chip between two resets. */
interface Powered {
  readonly cpu: CPU;
  readonly usart: Usart;
  readonly portD: AVRIOPort;
}

/**
 * An ATmega with a crossbar's front end on its SPI bus. The instruction set, timers, ADC, SPI and EEPROM are avr8js'; the
 * USART and SLEEP are ours. A sleeping chip costs no time to emulate.
 */
export class AvrMachine implements Machine {
  readonly url: string;
  readonly front: FrontEnd;
  readonly #chip: Chip;
  readonly #options: AvrOptions;
  readonly #eeprom: EEPROMMemoryBackend;
  #powered: Powered;
  #asleep = false;

  private constructor(front: FrontEnd, options: AvrOptions, wiring: { machine?: AvrMachine }) {
    this.#chip = chips[options.chip];
    this.url = `emulated:${options.chip}`;
    this.front = front;
    this.#options = options;
    this.#eeprom = new EEPROMMemoryBackend(this.#chip.eepromSize);
    new DataView(this.#eeprom.memory.buffer).setUint32(0, options.start, true);
    this.#eeprom.memory.set(new TextEncoder().encode(options.name), nameAt);
    this.#powered = this.#power(0);
    wiring.machine = this;
  }

  /** The machine, its front end wired to it. Throws what `loadProfile` throws. */
  static async make(options: AvrOptions): Promise<AvrMachine> {
    const wired: { machine?: AvrMachine } = {};
    const front = await frontEnd(options.front, {
      now: () => wired.machine?.now() ?? seconds(0),
      busy: (span) => wired.machine!.#busy(span),
    });
    return new AvrMachine(front, options, wired);
  }

  get overruns(): number {
    return this.#powered.usart.overruns;
  }

  /** RAM was painted at power-up: the stack has been as deep as the paint above the static data is gone. */
  get stackDepth(): number {
    const { data } = this.#powered.cpu;
    const start = this.#chip.ramStart + this.#options.staticData;
    return data.length - start - data.subarray(start).findIndex((byte) => byte !== paint);
  }

  now(): Seconds {
    return seconds(this.#powered.cpu.cycles / oscillator);
  }

  get arriving(): number {
    return this.#powered.usart.arriving;
  }

  get heardAt(): Seconds {
    return seconds(this.#powered.usart.heardAt / oscillator);
  }

  receive(bytes: Uint8Array): void {
    this.#powered.usart.receive(bytes);
  }

  sent(): Uint8Array {
    return this.#powered.usart.sent();
  }

  run(until: Seconds): void {
    const { cpu } = this.#powered;
    const { progMem, data } = cpu;
    const step = avrInstruction; // an import is looked up anew at each use where modules are emulated too
    const end = Math.ceil(until * oscillator);
    if (this.#asleep) this.#doze(end);
    while (cpu.cycles < end) {
      const opcode = progMem[cpu.pc];
      const masked = (data[SREG]! & enabled) === 0;
      step(cpu);
      // The instruction after the one that enables interrupts comes before any of them (DS40002061B §7.7). Else a byte
      // between SEI and SLEEP would be slept over, and gcc's way to set SP, whose second half comes after, would break.
      if (masked && (data[SREG]! & enabled) !== 0) continue;
      if (opcode === SLEEP && (data[SMCR]! & SE) !== 0) this.#doze(end);
      else cpu.tick();
    }
  }

  reset(): void {
    const { cpu, usart } = this.#powered;
    this.#powered = this.#power(cpu.cycles);
    for (const bytes of usart.unheard()) this.#powered.usart.receive(bytes);
    this.#asleep = false;
    this.front.ground();
  }

  /** The chip as its supply comes on. */
  #power(cycles: number): Powered {
    const chip = this.#chip;
    const program = new Uint8Array(chip.flash).fill(0xff);
    program.set(this.#options.firmware);
    const cpu = new CPU(new Uint16Array(program.buffer), chip.ram);
    cpu.cycles = cycles;
    cpu.data.fill(paint, 0x100);
    const usart = new Usart(cpu, chip.usart);
    const portD = new AVRIOPort(cpu, chip.portD);
    new AVRTimer(cpu, chip.timer1);
    new AVREEPROM(cpu, this.#eeprom, chip.eeprom);
    const { temperature = 300, supply = 5 } = this.#options;
    new AVRADC(cpu, chip.adc).channelValues.splice(0, 2, ...channelVolts(temperature, supply));
    this.#wireSpi(cpu);
    return { cpu, usart, portD };
  }

  /** Time goes from one thing that happens to the next, until an interrupt has been taken. */
  #doze(end: number): void {
    const { cpu } = this.#powered;
    const pc = cpu.pc;
    cpu.tick();
    this.#asleep = cpu.pc === pc;
    while (this.#asleep && cpu.cycles < end) {
      const next = (cpu as unknown as { nextClockEvent: { cycles: number } | null }).nextClockEvent;
      cpu.cycles = Math.max(cpu.cycles, Math.min(end, next?.cycles ?? end));
      cpu.tick();
      this.#asleep = cpu.pc === pc;
    }
  }

  #wireSpi(cpu: CPU): void {
    const front = new SpiFrontEnd(this.front);
    const { selectPin, spi: registers } = this.#chip;
    const portB = new AVRIOPort(cpu, portBConfig);
    const selected = (): boolean => portB.pinState(selectPin) === PinState.Low;
    portB.addListener((value, old) => {
      if ((value ^ old) & (1 << selectPin) && selected()) front.select();
    });
    const spi = new AVRSPI(cpu, registers, oscillator);
    spi.onTransfer = (byte) => (selected() ? front.exchange(byte) : 0xff);
  }

  #busy(span: Seconds): void {
    const { cpu, portD } = this.#powered;
    portD.setPin(this.#chip.busyPin, true);
    cpu.addClockEvent(() => portD.setPin(this.#chip.busyPin, false), Math.ceil(span * oscillator));
  }
}

/** An emulated AVR with its front end. Throws what `loadProfile` throws. */
export const avrMachine = (options: AvrOptions): Promise<AvrMachine> => AvrMachine.make(options);
