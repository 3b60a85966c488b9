import {
  AVRADC,
  AVRIOPort,
  AVRTimer,
  AVRTWI,
  avrInstruction,
  CPU,
  PinState,
  portBConfig,
  portCConfig,
  timer0Config,
  timer2Config,
  twiConfig,
} from "avr8js";
import { type Seconds, seconds } from "#protocol";
import { type Chip, type ChipName, chips, oscillator } from "../avr/chips.ts";
import { Usart } from "../avr/usart.ts";
import type { TimedLine } from "../machine.ts";
import { I2cBus, type I2cPart } from "./i2c.ts";

const [SLEEP, SMCR, SE] = [0x9588, 0x53, 0x01];
const [OCR1A, OCR1B, COM1] = [0x88, 0x8a, 0x80];

/** Timer 0's vectors on the larger chip (DS40002211A table 14-1). */
const timer0 = {
  atmega328p: timer0Config,
  atmega2560: { ...timer0Config, compAInterrupt: 0x2a, compBInterrupt: 0x2c, ovfInterrupt: 0x2e },
};

/** What of it changes while it runs, by Uno pin numbers. */
interface Wires {
  readonly cpu: CPU;
  readonly usart: Usart;
  readonly adc: AVRADC;
  readonly ports: readonly [d: AVRIOPort, b: AVRIOPort, c: AVRIOPort];
}

const firstPins = [0, 8, 14];

/** Port and bit of an Uno's pin. */
function placeOf(pin: number): [port: number, bit: number] {
  const port = firstPins.findLastIndex((first) => first <= pin);
  return [port, pin - firstPins[port]!];
}

/** An Arduino: an ATmega with pins, analog inputs and an I2C bus. Its pins are known by an Uno's numbers. */
export class FirmataMachine implements TimedLine {
  readonly url: string;
  readonly #wires: Wires;

  constructor(name: ChipName, firmware: Uint8Array, parts: ReadonlyMap<number, I2cPart> = new Map()) {
    this.url = `emulated:${name}`;
    const chip: Chip = chips[name];
    const program = new Uint8Array(chip.flash).fill(0xff);
    program.set(firmware);
    const cpu = new CPU(new Uint16Array(program.buffer), chip.ram);
    const ports = [chip.portD, portBConfig, portCConfig].map((config) => new AVRIOPort(cpu, config));
    new AVRTimer(cpu, timer0[name]);
    new AVRTimer(cpu, chip.timer1);
    new AVRTimer(cpu, timer2Config);
    new I2cBus(cpu, new AVRTWI(cpu, twiConfig, oscillator), parts);
    const usart = new Usart(cpu, chip.usart);
    this.#wires = {
      cpu,
      usart,
      adc: new AVRADC(cpu, chip.adc),
      ports: ports as [AVRIOPort, AVRIOPort, AVRIOPort],
    };
  }

  /** Told of each pin that the board drives to another level. */
  onPin(listener: (pin: number, high: boolean) => void): void {
    this.#wires.ports.forEach((port, at) => {
      port.addListener((now, before) => {
        for (let bit = 0; bit < 8; bit++)
          if ((now ^ before) & (1 << bit)) listener(firstPins[at]! + bit, (now & (1 << bit)) !== 0);
      });
    });
  }

  get arriving(): number {
    return this.#wires.usart.arriving;
  }
  get heardAt(): Seconds {
    return seconds(this.#wires.usart.heardAt / oscillator);
  }
  /** Bytes that came too fast for it. */
  get overruns(): number {
    return this.#wires.usart.overruns;
  }

  now(): Seconds {
    return seconds(this.#wires.cpu.cycles / oscillator);
  }

  receive(bytes: Uint8Array): void {
    this.#wires.usart.receive(bytes);
  }

  sent(): Uint8Array {
    return this.#wires.usart.sent();
  }

  /** Whether the board drives a pin high. */
  isHigh(pin: number): boolean {
    const [port, bit] = placeOf(pin);
    return this.#wires.ports[port]!.pinState(bit) === PinState.High;
  }

  /** What stands outside pulls a pin; a pull-up of the board's own holds an open one high, so open is high. */
  pull(pin: number, high: boolean): void {
    const [port, bit] = placeOf(pin);
    this.#wires.ports[port]!.setPin(bit, high);
  }

  /** Duty of the PWM at pin 9 or 10, 0 … 1. */
  duty(pin: 9 | 10): number {
    const { data } = this.#wires.cpu;
    const [compare, connected] = pin === 9 ? [OCR1A, COM1] : [OCR1B, COM1 >> 2];
    return data[0x80]! & connected ? data[compare]! / 255 : 0;
  }

  /** Volts at an analog input. */
  feed(channel: number, volts: number): void {
    this.#wires.adc.channelValues[channel] = volts;
  }

  run(until: Seconds): void {
    const { cpu } = this.#wires;
    const { progMem, data } = cpu;
    const step = avrInstruction;
    const end = Math.ceil(until * oscillator);
    while (cpu.cycles < end) {
      const opcode = progMem[cpu.pc];
      step(cpu);
      if (opcode === SLEEP && (data[SMCR]! & SE) !== 0) this.#doze(end);
      else cpu.tick();
    }
  }

  /** Time goes to the next thing that happens; where that wakes nobody, the program runs on and sleeps again. */
  #doze(end: number): void {
    const { cpu } = this.#wires;
    const next = (cpu as unknown as { nextClockEvent: { cycles: number } | null }).nextClockEvent;
    cpu.cycles = Math.max(cpu.cycles, Math.min(end, next?.cycles ?? end));
    cpu.tick();
  }
}
