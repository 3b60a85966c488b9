import { BasePeripheral, ConsoleLogger, GPIOPinState, LogLevel, RP2040 } from "rp2040js";
import { type RandomStream, randomStream } from "#calibration";
import { type Seconds, seconds } from "#protocol";
import { type FrontEnd, type FrontEndOptions, frontEnd, type Wiring } from "../front-end.ts";
import { Gathered, type Machine } from "../machine.ts";
import { SpiFrontEnd } from "../spi-front-end.ts";
import { Pl011 } from "./pl011.ts";

const nanos = 1e9;
const flash = { start: 0x10000000, firmware: 0x100, name: 0x1ff000 } as const;
const pins = { select: 17, busy: 20 } as const;
const uart = { page: 0x40034, interrupt: 20 } as const;
const oscillator = { page: 0x40060 } as const;
/** Codes of the converter's inputs: 5.0 V through a divider by 3, and the temperature sensor at 300 K; of 3.3 V. */
const inputs = { supply: [3, Math.round((5 / 3 / 3.3) * 4096)], temperature: [4, 877] } as const;
/** What RAM holds at power-up, so that the depth of the stack shows afterwards. */
const paint = 0xa5;
const ramSize = 264 * 1024;

export interface Rp2040Options {
  /** The firmware, as it lies in flash behind the second-stage boot loader. */
  readonly firmware: Uint8Array;
  readonly front: FrontEndOptions;
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
 * An RP2040 that runs its firmware from the vectors on, without boot ROM: link on UART0, front end on SPI0 and on pins 17
 * (select) and 20 (BUSY). Time stands still between two calls of `run`.
 */
export class Rp2040Machine implements Machine {
  readonly url = "emulated:rp2040";
  readonly #options: Rp2040Options;
  readonly #chance: RandomStream;
  readonly #sent = new Gathered();
  readonly #clock: EmulatedClock;
  readonly #settled: { schedule(span: number): void };
  #front: SpiFrontEnd | undefined;
  #mcu: RP2040;
  #uart: Pl011;

  constructor(options: Rp2040Options) {
    this.#options = options;
    this.#chance = randomStream(options.front.seed, 0x2040);
    this.#mcu = new RP2040();
    this.#clock = this.#mcu.clock as unknown as EmulatedClock;
    this.#settled = this.#clock.createAlarm(() => this.#mcu.gpio[pins.busy]!.setInputValue(false));
    // One alarm is always due: rp2040js says 0 of the time to the next one where there is none.
    const beat = this.#clock.createAlarm(() => beat.schedule(1e-3 * nanos));
    beat.schedule(0);
    this.#uart = this.#powerUp();
  }

  /** Wires the front end to the bus. */
  connect(front: FrontEnd): void {
    this.#front = new SpiFrontEnd(front);
  }

  now(): Seconds {
    return seconds(this.#clock.nanos / nanos);
  }

  /** BUSY is high for so long from now. */
  busy(span: Seconds): void {
    this.#mcu.gpio[pins.busy]!.setInputValue(true);
    this.#settled.schedule(span * nanos);
  }

  run(until: Seconds): void {
    const end = until * nanos;
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
    this.#uart.receive(bytes);
  }

  get arriving(): number {
    return this.#uart.arriving;
  }

  sent(): Uint8Array {
    return this.#sent.take();
  }

  /** What was on its way to the board is lost. */
  reset(): void {
    this.#mcu = new RP2040(this.#mcu.clock);
    this.#uart = this.#powerUp();
  }

  /** Received bytes that the firmware did not fetch in time, since power-up. */
  get overruns(): number {
    return this.#uart.overruns;
  }

  /** Bytes of stack used so far. The core was powered up with all RAM painted; the stack stands at its end. */
  get stackDepth(): number {
    const untouched = this.#mcu.sram.findLastIndex((_, at, sram) =>
      [0, 64, 128, 255].every((below) => sram[at - below] === paint),
    );
    return ramSize - 1 - untouched;
  }

  #powerUp(): Pl011 {
    const mcu = this.#mcu;
    mcu.logger = new ConsoleLogger(LogLevel.Error);
    mcu.sram.fill(paint);
    mcu.flash.set(this.#options.firmware, flash.firmware);
    mcu.flash.set(new TextEncoder().encode(`rp2040-emulated-${this.#options.front.seed}\0`), flash.name);
    mcu.core.VTOR = flash.start + flash.firmware;
    mcu.core.reset();
    mcu.adc.channelValues[inputs.supply[0]] = inputs.supply[1];
    mcu.adc.channelValues[inputs.temperature[0]] = inputs.temperature[1];
    mcu.peripherals[oscillator.page] = new RandomBit(mcu, this.#chance);
    this.#wire();
    const link = new Pl011(mcu, uart.interrupt, this.#sent);
    mcu.peripherals[uart.page] = link;
    return link;
  }

  /** SPI0: a byte takes its eight clocks, then the answer is there. */
  #wire(): void {
    const spi = this.#mcu.spi[0]!;
    let answer = 0;
    const done = this.#clock.createAlarm(() => spi.completeTransmit(answer));
    spi.onTransmit = (byte) => {
      answer = this.#front?.exchange(byte) ?? 0;
      done.schedule((8 * nanos) / spi.clockFrequency);
    };
    this.#mcu.gpio[pins.select]!.addListener((state) => {
      if (state === GPIOPinState.Low) this.#front?.select();
    });
  }
}

/** An emulated RP2040 with its front end. Throws what `loadProfile` throws. */
export async function rp2040Machine(options: Rp2040Options): Promise<Rp2040Machine> {
  const machine = new Rp2040Machine(options);
  const wiring: Wiring = { now: () => machine.now(), busy: (span) => machine.busy(span) };
  machine.connect(await frontEnd(options.front, wiring));
  return machine;
}
