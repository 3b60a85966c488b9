import {
  type Amps,
  type Area,
  type Descriptor,
  inSiemens,
  type Quantities,
  type ReadOutReport,
  type ReadOutRequest,
  type Volts,
  volts,
} from "#protocol";
import type { CrossbarFile } from "./crossbar-file.ts";
import type { Front } from "./front.ts";

/** Called between the steps of a call: throws where the call is over. */
export type Step = () => void;

/** What a passive crossbar's cells are asked, one column after another, and how often. */
export class PassiveArray {
  pulses = 0;
  readOuts = 0;
  readonly #front: Front;
  readonly #file: CrossbarFile;
  readonly #board: Descriptor;

  constructor(front: Front, file: CrossbarFile, board: Descriptor) {
    this.#front = front;
    this.#file = file;
    this.#board = board;
  }

  /** Currents of columns, rows driven with `rows` (volts from `zero`, of the whole array). */
  async #drive(rows: readonly Volts[], step: Step): Promise<void> {
    step();
    this.#front.select(() => true);
    await this.#front.drive(rows);
    this.#front.connect(true);
  }

  async #currents(area: Area, step: Step): Promise<Amps[]> {
    const currents: Amps[] = [];
    for (let col = area.col; col < area.col + area.cols; col++) {
      step();
      currents.push(await this.#front.current(col));
    }
    this.readOuts++;
    return currents;
  }

  #rows(volt: (row: number) => number): Volts[] {
    return this.#file.rows.map((_, row) => volts(volt(row)));
  }

  /** repeats × rows × cols conductances: each row driven alone, less what its columns say with no row driven. */
  async cells(area: Area, repeats: number, step: Step): Promise<Quantities<"S">> {
    const { readVoltage } = this.#file;
    const found = inSiemens(new Float64Array(repeats * area.rows * area.cols));
    await this.#drive(
      this.#rows(() => 0),
      step,
    );
    const dark = await this.#currents(area, step);
    for (let i = 0; i < area.rows; i++) {
      await this.#drive(
        this.#rows((row) => (row === area.row + i ? readVoltage : 0)),
        step,
      );
      for (let repeat = 0; repeat < repeats; repeat++)
        (await this.#currents(area, step)).forEach((current, j) => {
          found[(repeat * area.rows + i) * area.cols + j] = (current - dark[j]!) / readVoltage;
        });
    }
    return found;
  }

  async readOut(request: ReadOutRequest, step: Step): Promise<ReadOutReport> {
    const { area, vectors, repeats, codes: inputs, zeros = 0 } = request;
    const { dac, adc } = this.#board;
    const top = 2 ** (adc.bits - 1);
    const clamped = (code: number): number => Math.max(-top, Math.min(top - 1, Math.round(code)));
    const read = async (): Promise<number[]> =>
      (await this.#currents(area, step)).map((current) =>
        clamped((current / adc.ranges[request.range]!) * top),
      );
    const offsets = new Float64Array(area.cols);
    if (zeros > 0)
      await this.#drive(
        this.#rows(() => 0),
        step,
      );
    for (let zero = 0; zero < zeros; zero++)
      (await read()).forEach((code, j) => {
        offsets[j]! += code / zeros;
      });
    const codes = new Int16Array(vectors * repeats * area.cols);
    for (let vector = 0, at = 0; vector < vectors; vector++) {
      const input = inputs.subarray(vector * area.rows, (vector + 1) * area.rows);
      await this.#drive(
        this.#rows((row) => (input[row - area.row] ?? 0) * dac.lsb),
        step,
      );
      for (let repeat = 0; repeat < repeats; repeat++)
        for (const [j, code] of (await read()).entries())
          codes[at++] = clamped(code - Math.round(offsets[j]!));
    }
    return { codes, saturated: codes.filter((code) => code === top - 1 || code === -top).length };
  }

  /** One pulse on one cell by the V/2 scheme: every line but the cell's own stands at half of it. */
  async pulse(row: number, col: number, pulse: Volts): Promise<void> {
    const half = volts(pulse / 2);
    this.#front.connect(false);
    await this.#front.drive(
      this.#rows((at) => (at === row ? pulse : half)),
      half,
    );
    this.#front.select((at) => at === col);
    this.#front.fire();
    this.pulses++;
    await this.#front.drive(this.#rows(() => 0));
  }
}
