import type { I2cPart } from "./i2c.ts";

const channels = 4;

/** Microchip MCP4728 (DS22187E): four 12-bit DACs, LDAC low, VDD as reference; it takes the fast write (§5.6.1). */
export class Mcp4728 implements I2cPart {
  readonly #powerUp: readonly number[];
  #codes: number[];

  /** `powerUp`: what its EEPROM holds. */
  constructor(powerUp: readonly number[]) {
    this.#powerUp = powerUp;
    this.#codes = [...powerUp];
  }

  /** Output of a channel, as a share of VDD. */
  output(channel: number): number {
    return this.#codes[channel]! / 4096;
  }

  written(bytes: readonly number[]): void {
    if ((bytes[0]! & 0xc0) !== 0) return; // no fast write
    for (let channel = 0; channel < channels && 2 * channel + 1 < bytes.length; channel++)
      this.#codes[channel] = ((bytes[2 * channel]! & 0x0f) << 8) | bytes[2 * channel + 1]!;
  }

  read(): number {
    return 0;
  }

  reset(): void {
    this.#codes = [...this.#powerUp];
  }
}

/** Full scales of its gain settings, in volts (table 8). */
const fullScales = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];
/** Samples a second of its rates. */
const rates = [8, 16, 32, 64, 128, 250, 475, 860];

/** What an ADS1115 is wired to. */
export interface Ads1115Wiring {
  /** Seconds of board time. */
  now(): number;
  /** Volts at an input, which are converted now. */
  volts(channel: number): number;
}

/** Texas Instruments ADS1115 (SBAS444E): 16 bits, one shot at a time, inputs against ground. */
export class Ads1115 implements I2cPart {
  readonly #wiring: Ads1115Wiring;
  #pointer = 0;
  #config = 0x8583;
  #code = 0;
  #next = 0;
  #readyAt = 0;

  constructor(wiring: Ads1115Wiring) {
    this.#wiring = wiring;
  }

  written([pointer = 0, high, low]: readonly number[]): void {
    this.#pointer = pointer & 3;
    if (this.#pointer !== 1 || high === undefined || low === undefined) return;
    this.#config = (high << 8) | low;
    if (high & 0x80) this.#convert();
  }

  read(index: number): number {
    const done = this.#wiring.now() >= this.#readyAt;
    if (done) this.#code = this.#next;
    const config = (this.#config & 0x7fff) | (done ? 0x8000 : 0);
    const register = this.#pointer === 1 ? config : this.#code & 0xffff;
    return index === 0 ? register >> 8 : register & 0xff;
  }

  #convert(): void {
    const multiplexer = (this.#config >> 12) & 7;
    const fullScale = fullScales[(this.#config >> 9) & 7]!;
    const volts = multiplexer >= 4 ? this.#wiring.volts(multiplexer - 4) : 0;
    this.#next = Math.max(-32768, Math.min(32767, Math.round((volts / fullScale) * 32768)));
    this.#readyAt = this.#wiring.now() + 1 / rates[(this.#config >> 5) & 7]!;
  }
}
