import type { Clock } from "#calibration";
import { type Amps, amps, seconds, type Volts, volts } from "#protocol";
import type { Arduino } from "../firmata.ts";
import { Answers } from "./answers.ts";
import type { Column, CrossbarFile, RowConverter } from "./crossbar-file.ts";
import { dacCodes, pwmCodes, watchdog } from "./describe.ts";

/** Codes of an AVR's converter. */
const analogCodes = 1024;
/** ADS1115 (SBAS444E §9.6): start one shot of a single input at ± 4.096 V and 860 a second, comparator off. */
const shot = 0xc3e3;
const shotVolts = 4.096 / 32768;
/** A conversion at 860 a second, 10 % slow. */
const converting = seconds(1.3e-3);
const [conversion, config, done] = [0, 1, 0x80];

/** Row converters, column converters and switches of a passive crossbar. All voltages are from `zero`. */
export class Front {
  readonly answers: Answers;
  readonly #board: Arduino;
  readonly #io: Arduino["io"];
  readonly #file: CrossbarFile;
  readonly #clock: Clock;
  /** Codes of each MCP4728, channel by channel. */
  readonly #dacs = new Map<number, Uint16Array>();
  /** What each was told last. */
  readonly #told = new Map<number, string>();

  constructor(board: Arduino, file: CrossbarFile, clock: Clock) {
    this.#board = board;
    this.#io = board.io;
    this.#file = file;
    this.#clock = clock;
    this.answers = new Answers(board, clock);
    const { rows, columns, drive, pulser } = file;
    const { OUTPUT, PWM } = this.#io.MODES;
    this.#io.i2cConfig();
    this.#io.setSamplingInterval(16_383); // analog pins speak when they are asked, and not in between
    for (const pin of [drive, pulser?.trigger, ...columns.map(({ select }) => select)])
      if (pin !== undefined) this.#io.pinMode(pin, OUTPUT);
    for (const row of rows) if ("pwm" in row) this.#io.pinMode(row.pwm, PWM);
    for (const part of [...rows, ...(pulser ? [pulser.half] : [])])
      if ("mcp4728" in part) this.#dacs.set(part.mcp4728, new Uint16Array(4));
  }

  /** Before a call: starts the watchdog, and has the next `drive` say everything, as it may have tripped since the last. */
  async wake(): Promise<void> {
    this.#told.clear();
    if (this.#board.hasWatchdog) await this.answers.watch(watchdog * 1000);
  }

  /** Whether the watchdog has cut the outputs since `wake`. */
  async tripped(): Promise<boolean> {
    return this.#board.hasWatchdog && (await this.answers.watch()).tripped;
  }

  /** Rows to these voltages, and lines that are not selected to `half`. */
  async drive(rows: readonly Volts[], half: Volts = volts(0)): Promise<void> {
    this.#file.rows.forEach((row, at) => {
      this.#set(row, rows[at]!);
    });
    if (this.#file.pulser) this.#set(this.#file.pulser.half, half);
    for (const [address, codes] of this.#dacs) {
      if (codes.join() === this.#told.get(address)) continue;
      this.#io.i2cWrite(address, fastWrite(codes));
      this.#told.set(address, codes.join());
    }
    if (this.#file.settle > 0) await this.#clock.sleep(this.#file.settle);
  }

  /** Puts the rows on their converters, or on `zero`. */
  connect(on: boolean): void {
    this.#io.digitalWrite(this.#file.drive, on ? 1 : 0);
  }

  /** Puts these columns on their amplifiers, the others on `half`. */
  select(wanted: (column: number) => boolean): void {
    this.#file.columns.forEach(({ select }, column) => {
      if (select !== undefined && (this.#io.pins[select]!.value === 1) !== wanted(column))
        this.#io.digitalWrite(select, wanted(column) ? 1 : 0);
    });
  }

  /** Fires the pulser's monostable once. */
  fire(): void {
    const { trigger } = this.#file.pulser!;
    this.#io.digitalWrite(trigger, 1);
    this.#io.digitalWrite(trigger, 0);
  }

  /** Current into a column's amplifier, which turns it over. */
  async current(column: number): Promise<Amps> {
    const { zero, feedback } = this.#file;
    return amps((zero - (await this.#volts(this.#file.columns[column]!))) / feedback);
  }

  /** Volts at an analog pin. */
  async analog(channel: number): Promise<Volts> {
    return volts(((await this.answers.analog(channel)) * this.#file.analogReference) / analogCodes);
  }

  /** Every line at `zero`. */
  async idle(): Promise<void> {
    this.connect(false);
    await this.drive(this.#file.rows.map(() => volts(0)));
  }

  #set(row: RowConverter, wanted: Volts): void {
    const share = (this.#file.zero + wanted) / this.#file.reference;
    if ("pwm" in row) this.#io.pwmWrite(row.pwm, Math.round(share * pwmCodes));
    else
      this.#dacs.get(row.mcp4728)![row.channel] = Math.min(
        dacCodes - 1,
        Math.max(0, Math.round(share * dacCodes)),
      );
  }

  async #volts(column: Column): Promise<Volts> {
    if ("analog" in column) return this.analog(column.analog);
    const { ads1115: address, channel } = column;
    const start = shot | (channel << 12);
    this.#io.i2cWrite(address, [config, start >> 8, start & 0xff]);
    do await this.#clock.sleep(converting);
    while (((await this.answers.register(address, config, 2))[0]! & done) === 0);
    const [high = 0, low = 0] = await this.answers.register(address, conversion, 2);
    return volts((((high << 24) >> 16) | low) * shotVolts);
  }
}

/** All four channels at once (DS22187E §5.6.1). */
function fastWrite(codes: Uint16Array): number[] {
  return Array.from(codes).flatMap((code) => [code >> 8, code & 0xff]);
}
