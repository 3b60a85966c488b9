import { pipe, type Transport } from "#drivers";

/** A part on its I2C bus. */
export interface FakePart {
  write(bytes: readonly number[]): void;
  read(register: number): readonly number[];
}

export interface FakeOptions {
  readonly analog?: (channel: number) => number;
  /** Level that stands at an input; low if not said. */
  readonly digital?: (pin: number) => boolean;
  /** Whether it starts now, and says so by itself. */
  readonly starts?: boolean;
  readonly parts?: ReadonlyMap<number, FakePart>;
  /** Told of each pin that is driven to another level. */
  readonly onPin?: (pin: number, high: boolean) => void;
}

const [digitalPins, analogPins] = [14, 6];
/** Modes that StandardFirmata 2.5 lists for an Uno's pins, with their resolutions: input, pull-up, output, PWM; analog, I2C. */
const digital = [0, 1, 11, 1, 1, 1];
const pwm = new Set([3, 5, 6, 9, 10, 11]);

/**
 * An Uno with StandardFirmata in this very program, by the protocol's text (github.com/firmata/protocol): no watchdog, none of
 * our messages. What comes is cut anywhere.
 */
export class StandardFirmata {
  readonly near: Transport;
  readonly levels = new Map<number, boolean>();
  /** Duty of each PWM pin, 0 … 1. */
  readonly duties = new Map<number, number>();
  readonly #far: Transport;
  readonly #options: FakeOptions;
  #message: number[] = [];

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    [this.near, this.#far] = pipe("firmata:fake");
    this.#far.onData((bytes) => {
      for (const byte of bytes) this.#take(byte);
    });
    if (options.starts) this.#greet();
  }

  #say(...bytes: number[]): void {
    void this.#far.write(Uint8Array.from(bytes)).catch(() => "the host has gone");
  }

  #greet(): void {
    this.#say(0xf9, 2, 5);
    this.#sysex(0x79, []);
  }

  #take(byte: number): void {
    this.#message.push(byte);
    const first = this.#message[0]!;
    if (first === 0xf0 ? byte !== 0xf7 : this.#message.length < lengthOf(first)) return;
    const message = this.#message.splice(0);
    if (first === 0xf0) this.#sysex(message[1]!, message.slice(2, -1));
    else this.#act(first, message[1] ?? 0, message[2] ?? 0);
  }

  #act(first: number, low: number, high: number): void {
    if (first === 0xf9) this.#say(0xf9, 2, 5);
    if ((first & 0xf0) === 0xc0 && low === 1) this.#sayAnalog(first & 0x0f);
    if ((first & 0xf0) === 0xd0 && low === 1) this.#sayPort(first & 0x0f);
    if ((first & 0xf0) === 0xe0) this.duties.set(first & 0x0f, (low | (high << 7)) / 255);
    if ((first & 0xf0) === 0x90)
      for (let bit = 0; bit < 8; bit++)
        this.#drive(8 * (first & 0x0f) + bit, ((low | (high << 7)) >> bit) % 2 === 1);
  }

  #drive(pin: number, high: boolean): void {
    if ((this.levels.get(pin) ?? false) === high) return;
    this.levels.set(pin, high);
    this.#options.onPin?.(pin, high);
  }

  #sayPort(port: number): void {
    const bits = Array.from(
      { length: 8 },
      (_, bit) => Number(this.#options.digital?.(8 * port + bit) ?? false) << bit,
    );
    this.#say(0x90 | port, ...pair(bits.reduce((sum, bit) => sum | bit)));
  }

  #sayAnalog(channel: number): void {
    const code = Math.round(((this.#options.analog?.(channel) ?? 0) / 5) * 1024);
    this.#say(0xe0 | channel, ...pair(Math.min(1023, code)));
  }

  #sysex(command: number, bytes: readonly number[]): void {
    if (command === 0x79)
      this.#say(0xf0, 0x79, 2, 5, ...[..."StandardFirmata.ino"].flatMap((c) => pair(c.charCodeAt(0))), 0xf7);
    if (command === 0x6b) this.#say(0xf0, 0x6c, ...capabilities(), 0xf7);
    if (command === 0x69)
      this.#say(
        0xf0,
        0x6a,
        ...Array(digitalPins).fill(0x7f),
        ...Array.from({ length: analogPins }, (_, i) => i),
        0xf7,
      );
    if (command === 0x76) this.#i2c(bytes[0]!, bytes[1]!, values(bytes.slice(2)));
  }

  #i2c(address: number, mode: number, bytes: readonly number[]): void {
    const part = this.#options.parts?.get(address);
    if (mode >> 3 === 0) {
      part?.write(bytes);
      return;
    }
    const [register = 0, count = 0] = bytes;
    const read = part?.read(register).slice(0, count) ?? [];
    this.#say(0xf0, 0x77, ...pair(address), ...pair(register), ...read.flatMap(pair), 0xf7);
  }
}

function lengthOf(first: number): number {
  if (first === 0xf9 || first === 0xff) return 1;
  return (first & 0xf0) === 0xc0 || (first & 0xf0) === 0xd0 ? 2 : 3;
}
const pair = (value: number): number[] => [value & 0x7f, (value >> 7) & 0x7f];
const values = (bytes: readonly number[]): number[] =>
  Array.from({ length: bytes.length >> 1 }, (_, at) => bytes[2 * at]! | (bytes[2 * at + 1]! << 7));

function capabilities(): number[] {
  const pins = Array.from({ length: digitalPins + analogPins }, (_, pin) => [
    ...(pin > 1 ? digital : []),
    ...(pwm.has(pin) ? [3, 8] : []),
    ...(pin >= digitalPins ? [2, 10] : []),
    0x7f,
  ]);
  return pins.flat();
}
