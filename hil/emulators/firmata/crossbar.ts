import { type Seconds, seconds } from "#protocol";
import { type FrontEnd, frontEnd } from "../front-end.ts";
import type { I2cPart } from "./i2c.ts";
import type { FirmataMachine } from "./machine.ts";
import { Ads1115, Mcp4728 } from "./parts.ts";

/** The circuit of docs/bench-peripherals.md: its pins (an Uno's numbers), volts and ohms. */
export interface CircuitOptions {
  /** Up to four each: there is one part for the rows, one for `half`, one for the columns. */
  readonly rows: number;
  readonly cols: number;
  readonly reference: number;
  readonly zero: number;
  readonly feedback: number;
  readonly drive: number;
  readonly trigger: number;
  readonly select: readonly number[];
  /** Of the monostable. */
  readonly width: Seconds;
  /** Volts above which a pulse moves a cell; below it the V/2 scheme leaves it alone. */
  readonly threshold: number;
  readonly profile: string;
  readonly seed: number;
}

export const [rowDac, halfDac, columnAdc] = [0x60, 0x61, 0x48] as const;

/** A passive crossbar on an emulated Arduino's I2C bus and pins. Its cells are the simulated board's. */
export class PassiveCrossbar {
  readonly parts;
  readonly front: FrontEnd;
  readonly #options: CircuitOptions;
  readonly #rows: Mcp4728;
  readonly #half: Mcp4728;
  #machine: FirmataMachine | undefined;

  private constructor(front: FrontEnd, options: CircuitOptions, wired: { crossbar?: PassiveCrossbar }) {
    const { zero, reference } = options;
    const atZero = Array.from({ length: 4 }, () => Math.round((zero / reference) * 4096));
    this.front = front;
    this.#options = options;
    this.#rows = new Mcp4728(atZero);
    this.#half = new Mcp4728(atZero);
    const wiring = { now: () => this.#now(), volts: (channel: number) => this.#amplified(channel) };
    this.parts = new Map<number, I2cPart>([
      [rowDac, this.#rows],
      [halfDac, this.#half],
      [columnAdc, new Ads1115(wiring)],
    ]);
    wired.crossbar = this;
  }

  static async make(options: CircuitOptions): Promise<PassiveCrossbar> {
    const wired: { crossbar?: PassiveCrossbar } = {};
    const { profile, seed, rows, cols } = options;
    const now = (): Seconds => (wired.crossbar ? wired.crossbar.#now() : seconds(0));
    const front = await frontEnd({ profile, seed, tiles: 1, rows, cols }, { now, busy: () => {} });
    return new PassiveCrossbar(front, options, wired);
  }

  /** Joins the circuit to a board's pins. */
  join(machine: FirmataMachine): void {
    this.#machine = machine;
    machine.onPin((pin, high) => {
      if (pin === this.#options.trigger && high) this.#pulse();
    });
  }

  /** Whether every row stands at `zero`. */
  get safe(): boolean {
    return !this.#machine?.isHigh(this.#options.drive);
  }

  /** What the rows' converters give, in volts from `zero`. */
  get converters(): number[] {
    const { rows, reference, zero } = this.#options;
    return Array.from({ length: rows }, (_, row) => this.#rows.output(row) * reference - zero);
  }

  #now(): Seconds {
    return this.#machine?.now() ?? seconds(0);
  }

  #selected(column: number): boolean {
    return this.#machine?.isHigh(this.#options.select[column]!) ?? false;
  }

  /** Volts at the output of a column's amplifier. */
  #amplified(column: number): number {
    const { zero, feedback } = this.#options;
    if (!this.#selected(column)) return zero;
    const { dac, adc } = this.front.array.descriptor;
    const range = 3;
    this.front.ground();
    if (!this.safe)
      this.converters.forEach((volts, row) => {
        this.front.drive(row, Math.round(volts / dac.lsb));
      });
    const [code = 0] = this.front.convert(column, 1, range);
    this.front.ground();
    return zero - ((code * adc.ranges[range]!) / 2 ** (adc.bits - 1)) * feedback;
  }

  /** The monostable puts the rows on their converters for its width: every cell sees the volts between its lines. */
  #pulse(): void {
    const { reference, zero, width, threshold, cols } = this.#options;
    const half = this.#half.output(0) * reference - zero;
    this.converters.forEach((volts, row) => {
      for (let col = 0; col < cols; col++) {
        const across = volts - (this.#selected(col) ? 0 : half);
        const amplitude = Math.abs(across);
        const polarity = across > 0 ? 0 : 1;
        if (amplitude > threshold) this.front.pulse({ row, col, polarity, amplitude, width });
      }
    });
  }
}
