import {
  type BoardProfile,
  type DeviceModel,
  deviceModel,
  loadProfile,
  type RandomStream,
  randomStream,
  relaxationSigma,
  streams,
} from "#calibration";
import { type SimulatedCore, simulatedCore } from "#drivers";
import { inSiemens, type Request, type Seconds, seconds, siemens, volts } from "#protocol";

/** What the front end asks of the machine it is wired to. */
export interface Wiring {
  /** Board time. The cells age by it. */
  now(): Seconds;
  /** The BUSY line goes high, for so long from now. */
  busy(span: Seconds): void;
}

export interface FrontEndOptions {
  /** Whose devices the array has: a name in profiles/. */
  readonly profile: string;
  readonly seed: number;
  readonly tiles: number;
  readonly rows: number;
  readonly cols: number;
}

/** One pulse, as the generator takes it. */
export interface Pulse {
  readonly row: number;
  readonly col: number;
  readonly polarity: number;
  /** Volts and seconds. */
  readonly amplitude: number;
  readonly width: number;
}

interface Devices {
  readonly profile: BoardProfile;
  readonly model: DeviceModel;
  readonly chance: RandomStream;
}

/** A cell has come to rest so many seconds after a pulse: longer than a program-verify loop needs from pulse to pulse. */
const restsAfter = 0.05;
/** Settling of the lines and one conversion, in seconds, beside what the profile says a read takes. */
const converting = 5e-6;

/**
 * The analog side of an emulated board: row DACs, column converters, pulse generator, and the array between them. The
 * cells are the simulated board's (drivers/simulator), so there is one physics. What firmware must never ask for, such as
 * a pulse above the profile's limits, is not done and is kept in `mistakes`.
 */
export class FrontEnd {
  readonly array: SimulatedCore;
  readonly mistakes: string[] = [];
  /** Pulses given since it was made. */
  pulses = 0;
  /** Board time of the last of them, and when the last driven line came back to 0 V. */
  pulsedAt: Seconds = seconds(0);
  safeSince: Seconds = seconds(0);
  readonly #devices: Devices;
  readonly #wiring: Wiring;
  readonly #rows: Int16Array<ArrayBuffer>;
  #driven = 0;
  #tile = 0;
  #conversions = 0;
  #busyUntil = 0;
  /** The cell that was pulsed last, until it has come to rest. */
  #pulsed:
    | { readonly tile: number; readonly row: number; readonly col: number; readonly at: number }
    | undefined;

  constructor(array: SimulatedCore, devices: Devices, wiring: Wiring) {
    this.array = array;
    this.#devices = devices;
    this.#wiring = wiring;
    this.#rows = new Int16Array(array.descriptor.rows);
  }

  /** Whether no row is driven. */
  get safe(): boolean {
    return this.#driven === 0;
  }

  get busy(): boolean {
    return this.#wiring.now() < this.#busyUntil;
  }

  /** All rows to 0 V. */
  ground(): void {
    if (this.#driven > 0) this.safeSince = this.#wiring.now();
    this.#rows.fill(0);
    this.#driven = 0;
  }

  select(tile: number): void {
    this.ground();
    if (tile >= this.array.descriptor.tiles) this.#mistake(`tile ${tile}`);
    else this.#tile = tile;
  }

  drive(row: number, code: number): void {
    const { rows, dac } = this.array.descriptor;
    if (row >= rows || code < dac.min || code > dac.max) {
      this.#mistake(`code ${code} on row ${row}`);
      return;
    }
    this.#driven += Number(code !== 0) - Number(this.#rows[row] !== 0);
    this.#rows[row] = code;
    if (this.#driven === 0) this.safeSince = this.#wiring.now();
  }

  /** Samples the columns from `col` on, all at once, and converts them; the codes are there when BUSY falls. */
  convert(col: number, cols: number, range: number): Int16Array {
    const { descriptor } = this.array;
    if (cols === 0 || col + cols > descriptor.cols || range >= descriptor.adc.ranges.length) {
      this.#mistake(`columns ${col} + ${cols} in range ${range}`);
      return new Int16Array(cols);
    }
    const first = Math.max(
      0,
      this.#rows.findIndex((code) => code !== 0),
    );
    const last = Math.max(
      first,
      this.#rows.findLastIndex((code) => code !== 0),
    );
    this.#rest(last === first && cols === 1 ? { tile: this.#tile, row: first, col } : undefined);
    const area = { tile: this.#tile, row: first, col, rows: last - first + 1, cols };
    const request: Request<"readOut"> = {
      ...{ ...area, range, vectors: 1, repeats: 1, firstSample: this.#conversions++ },
      ...{ inputs: new Uint8Array(), chunks: [], zeros: 0 },
    };
    const { codes } = this.array.readOut(request, this.#rows.slice(first, last + 1), 0, 1);
    const { times } = this.#devices.profile;
    this.#occupy((cols === 1 ? times.cellRead : times.readOut).value + converting);
    return codes;
  }

  pulse({ row, col, polarity, amplitude, width }: Pulse): void {
    const { rows, cols, limits } = this.array.descriptor;
    // The bus carries whole millivolts and nanoseconds: a pulse at the limit must not fail by the last bit.
    const allowed = amplitude <= limits.pulseVoltage + 0.5e-3 && width <= limits.pulseWidth + 0.5e-9;
    const within = row < rows && col < cols && allowed;
    if (!within || this.#driven > 0) {
      this.#mistake(`pulse of ${amplitude} V, ${width} s on ${row},${col}, ${this.#driven} rows driven`);
      return;
    }
    const cell = { tile: this.#tile, row, col };
    this.#rest(cell);
    this.array.pulse({ ...cell, polarity, amplitude: volts(amplitude), width: seconds(width) });
    this.pulsedAt = this.#wiring.now();
    this.#pulsed = { ...cell, at: this.pulsedAt };
    this.pulses++;
    this.#occupy(Math.max(width, this.#devices.profile.times.pulse.value));
  }

  #mistake(what: string): void {
    this.mistakes.push(`${what} at ${this.#wiring.now()} s`);
  }

  /** Relaxation of the cell that was pulsed last, once another place is looked at or some time has passed. */
  #rest(looked: { readonly tile: number; readonly row: number; readonly col: number } | undefined): void {
    const left = this.#pulsed;
    if (left === undefined) return;
    const same = looked?.tile === left.tile && looked.row === left.row && looked.col === left.col;
    if (same && this.#wiring.now() - left.at < restsAfter) return;
    this.#pulsed = undefined;
    const cell = { ...left, rows: 1, cols: 1 };
    this.array.preset(
      cell,
      inSiemens(Float64Array.of(rested(this.array.conductances(cell)[0]!, this.#devices))),
    );
  }

  #occupy(span: number): void {
    if (this.busy) this.#mistake("a conversion or pulse while BUSY");
    this.#busyUntil = this.#wiring.now() + span;
    this.#wiring.busy(seconds(span));
  }
}

/** Where relaxation leaves a cell that was pulsed to `g`: the simulated board's own step after a verify. */
function rested(g: number, { profile, model, chance }: Devices): number {
  const at = siemens(g);
  const total = model.programmingSigma(at);
  if (total === 0) return g;
  const verify = siemens(model.readSigma(at, seconds(0)) / Math.sqrt(profile.pulses.verifyReads.value));
  const sigma = relaxationSigma({ total, acceptance: profile.programming.acceptance.value, verify });
  return g + model.programmingShift(at) + sigma * chance.normal();
}

/** A front end with fresh cells, whose time is the board's. Throws what `loadProfile` throws. */
export async function frontEnd(options: FrontEndOptions, wiring: Wiring): Promise<FrontEnd> {
  const clock = { now: wiring.now, sleep: () => Promise.reject(new Error("a board does not sleep")) };
  const array = await simulatedCore(options, clock);
  const profile = await loadProfile(options.profile);
  const chance = randomStream(options.seed, streams.relaxation, options.tiles);
  return new FrontEnd(array, { profile, model: deviceModel(profile), chance }, wiring);
}
