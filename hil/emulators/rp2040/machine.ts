import { BasePeripheral, ConsoleLogger, GPIOPinState, LogLevel, RP2040 } from "rp2040js";
import { type RandomStream, randomStream } from "#calibration";
import { type Seconds, seconds } from "#protocol";
import { type FrontEnd, type FrontEndOptions, frontEnd } from "../front-end.ts";
import { Gathered, type Machine } from "../machine.ts";
import { SpiFrontEnd } from "../spi-front-end.ts";
import { paint, stackDepth } from "../stack.ts";
import { Pl011 } from "./pl011.ts";
import { UsbHost } from "./usb-host.ts";

const nanos = 1e9;
const flash = { start: 0x10000000, firmware: 0x100, name: 0x1ff000 } as const;
const pins = { select: 17, busy: 20 } as const;
const uart = { page: 0x40034, interrupt: 20 } as const;
const oscillator = { page: 0x40060 } as const;
/** Codes of the converter's inputs: 5.0 V through a divider by 3, and the temperature sensor at 300 K; of 3.3 V. */
const inputs = { supply: [3, Math.round((5 / 3 / 3.3) * 4096)], temperature: [4, 877] } as const;

export interface Rp2040Options {
  /** What the firmware was built to speak through. */
  readonly serial: "uart" | "usb";
  /** The firmware, as it lies in flash behind the second-stage boot loader. */
  readonly firmware: Uint8Array;
  readonly front: FrontEndOptions;
  /** The board's name, in the last sector of flash. */
  readonly name: string;
  /** Where the ring oscillator's random bits begin; the firmware takes its boot id from them. */
  readonly start: number;
}

/** What carries the link's bytes. */
interface Line {
  receive(bytes: Uint8Array): void;
  readonly arriving: number;
  readonly heardAt: number;
  readonly overruns: number;
  unheard(): Uint8Array[];
}

/** The clock of rp2040js; it does not export the class. */
interface EmulatedClock {
  readonly nanos: number;
  readonly nanosToNextAlarm: number;
  tick(span: number): void;
  createAlarm(callback: () => void): { schedule(span: number): void };
}

/** The ring oscillator's random bit, from a seed. */
class RandomBit extends BasePeripheral {
  readonly #chance: RandomStream;

  constructor(mcu: RP2040, chance: RandomStream) {
    super(mcu, "ROSC");
    this.#chance = chance;
  }

  override readUint32(): number {
    return this.#chance.uint32() & 1;
  }
}

/**
 * An RP2040 that runs its firmware from the vectors on, without boot ROM: link on UART0 or USB, front end on SPI0 and on pins 17
 * (select) and 20 (BUSY). Time stands still between two calls of `run`.
 */
export class Rp2040Machine implements Machine {
  readonly url: string;
  readonly front: FrontEnd;
  readonly #options: Rp2040Options;
  readonly #spi: SpiFrontEnd;
  readonly #chance: RandomStream;
  readonly #sent = new Gathered();
  readonly #clock: EmulatedClock;
  readonly #settled: { schedule(span: number): void };
  #mcu: RP2040;
  #line: Line;

  private constructor(front: FrontEnd, options: Rp2040Options, wired: { machine?: Rp2040Machine }) {
    this.url = options.serial === "usb" ? "emulated:rp2040-usb" : "emulated:rp2040";
    this.front = front;
    this.#options = options;
    this.#spi = new SpiFrontEnd(front);
    this.#chance = randomStream(options.front.seed, oscillator.page, options.start);
    this.#mcu = new RP2040();
    this.#clock = this.#mcu.clock as unknown as EmulatedClock;
    this.#settled = this.#clock.createAlarm(() => this.#mcu.gpio[pins.busy]!.setInputValue(false));
    // One alarm is always due: rp2040js says 0 of the time to the next one where there is none.
    const beat = this.#clock.createAlarm(() => beat.schedule(1e-3 * nanos));
    beat.schedule(0);
    this.#line = this.#powerUp();
    wired.machine = this;
  }

  /** The machine, its front end wired to it. Throws what `loadProfile` throws. */
  static async make(options: Rp2040Options): Promise<Rp2040Machine> {
    const wired: { machine?: Rp2040Machine } = {};
    const front = await frontEnd(options.front, {
      now: () => wired.machine?.now() ?? seconds(0),
      busy: (span) => wired.machine!.#busy(span),
    });
    return new Rp2040Machine(front, options, wired);
  }

  now(): Seconds {
    return seconds(this.#clock.nanos / nanos);
  }

  run(until: Seconds): void {
    // The next whole nanosecond: half of one less, and `now` might say for ever that it is not yet there.
    const end = Math.floor(until * nanos) + 1;
    const { core } = this.#mcu;
    while (this.#clock.nanos < end) {
      // What is pending ends a WFI also where interrupts are masked; rp2040js would sleep for ever.
      if (core.waiting && !(core.pendingInterrupts & core.enabledInterrupts))
        this.#clock.tick(Math.min(this.#clock.nanosToNextAlarm, end - this.#clock.nanos));
      else {
        core.waiting = false;
        this.#clock.tick((core.executeInstruction() * nanos) / this.#mcu.clkSys);
      }
    }
  }

  receive(bytes: Uint8Array): void {
    this.#line.receive(bytes);
  }

  get arriving(): number {
    return this.#line.arriving;
  }

  get heardAt(): Seconds {
    return seconds(this.#line.heardAt / nanos);
  }

  sent(): Uint8Array {
    return this.#sent.take();
  }

  reset(): void {
    const unheard = this.#line.unheard();
    this.#mcu = new RP2040(this.#mcu.clock);
    this.#line = this.#powerUp();
    for (const bytes of unheard) this.#line.receive(bytes);
  }

  get overruns(): number {
    return this.#line.overruns;
  }

  /** RAM was painted at power-up, and the stack grows down from its end. */
  get stackDepth(): number {
    return stackDepth(this.#mcu.sram);
  }

  /** BUSY is high for so long from now. */
  #busy(span: Seconds): void {
    this.#mcu.gpio[pins.busy]!.setInputValue(true);
    this.#settled.schedule(span * nanos);
  }

  #powerUp(): Line {
    const mcu = this.#mcu;
    mcu.logger = new ConsoleLogger(LogLevel.Error);
    mcu.sram.fill(paint);
    mcu.flash.set(this.#options.firmware, flash.firmware);
    mcu.flash.set(new TextEncoder().encode(`${this.#options.name}\0`), flash.name);
    mcu.core.VTOR = flash.start + flash.firmware;
    mcu.core.reset();
    mcu.adc.channelValues[inputs.supply[0]] = inputs.supply[1];
    mcu.adc.channelValues[inputs.temperature[0]] = inputs.temperature[1];
    mcu.peripherals[oscillator.page] = new RandomBit(mcu, this.#chance);
    this.#wire();
    if (this.#options.serial === "usb") return new UsbHost(mcu, this.#sent);
    const line = new Pl011(mcu, uart.interrupt, this.#sent);
    mcu.peripherals[uart.page] = line;
    return line;
  }

  /** SPI0: a byte takes its eight clocks, then the answer is there. */
  #wire(): void {
    const spi = this.#mcu.spi[0]!;
    let answer = 0;
    const done = this.#clock.createAlarm(() => spi.completeTransmit(answer));
    spi.onTransmit = (byte) => {
      answer = this.#spi.exchange(byte);
      done.schedule((8 * nanos) / spi.clockFrequency);
    };
    this.#mcu.gpio[pins.select]!.addListener((state) => {
      if (state === GPIOPinState.Low) this.#spi.select();
    });
  }
}
