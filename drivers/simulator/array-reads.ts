import type { Area, Descriptor, ForwardPlan, Request, Seconds } from "#protocol";
import { type AgedArea, agedArea, driftTolerance } from "./aged-area.ts";
import { beginOf } from "./begin.ts";
import type { TileCells } from "./cells.ts";
import { columnsOf } from "./columns.ts";
import { converter, levelsOf } from "./converters.ts";
import type { Devices } from "./devices.ts";
import { type Begin, planesOf } from "./feeding.ts";
import { type ForwardRun, forwardRun, type PartReader, readOutsOf } from "./forward.ts";
import { Held } from "./held.ts";
import type { Engine } from "./moments.ts";
import type { Burst, BurstSettings } from "./read-out.ts";
import type { DrawnSamples } from "./reading.ts";
import { countReads } from "./wear.ts";

const none = new Uint8Array(0);
const areaFields = ["tile", "row", "col", "rows", "cols"] as const;
const readOutFields = [...areaFields, "range", "vectors", "repeats", "firstSample"] as const;
const forwardFields = ["plan", "items", "samples", "firstItem", "seed"] as const;

/** What reads need of the array they read. */
export interface ReadArray {
  readonly descriptor: Descriptor;
  readonly devices: Devices;
  readonly engine: Engine;
  now(): Seconds;
  cells(tile: number): TileCells;
  /** Lets read-outs take their time. */
  spend(seconds: number): void;
}

/** Read-outs and networks of an array, each with its cells as they were when its first sample was asked for. */
export class ArrayReads {
  readonly drawn: DrawnSamples = { moment: 0, perDevice: 0 };
  readonly #array: ReadArray;
  readonly #beginning: Begin;
  /** Aged areas of each tile, until its cells are pulsed. */
  readonly #aged = new Map<number, Map<string, AgedArea>>();
  readonly #bursts = new Held<Request<"readOut">, Burst>(readOutFields);
  readonly #forwards = new Held<Request<"forward">, ForwardRun>(forwardFields);

  constructor(array: ReadArray) {
    this.#array = array;
    this.#beginning = beginOf(array.devices, array.descriptor);
  }

  /** The cells of a tile change: what was worked out from them no longer holds. */
  forget(tile: number): void {
    this.#aged.delete(tile);
    this.#bursts.forget();
    this.#forwards.forget();
  }

  readOut(request: Request<"readOut">, inputs: Int16Array): Burst {
    return this.#bursts.of(request, inputs, () => {
      const ready = this.#beginning(request, { codes: inputs }, this.#reading(request, request.range));
      this.count(request, inputs, request.repeats);
      this.#spend(request.vectors * request.repeats);
      return ready;
    });
  }

  /** A network: each row of its blocks counts as driven in each of its read-outs. */
  forward(plan: ForwardPlan, request: Request<"forward">, inputs: Int16Array): ForwardRun {
    return this.#forwards.of(request, inputs, () => {
      const samples = request.items * request.samples;
      const { seed } = this.#array.devices;
      const board = { seed, inputHigh: this.#inputHigh, reader: this.#reader };
      const ready = forwardRun(plan, request, inputs, board);
      for (const { blocks, average, twoPhases } of plan.layers)
        for (const block of blocks)
          this.count(block, new Int16Array(block.rows).fill(1), samples * average * (twoPhases ? 2 : 1));
      this.#spend(samples * readOutsOf(plan.layers));
      return ready;
    });
  }

  /** Counts reads of the rows of `area` that `inputs` drive; cells that they moved are looked at anew. */
  count(area: Area, inputs: Int16Array, repeats: number): void {
    const { wear } = this.#array.cells(area.tile);
    if (countReads(wear, area, { inputs, repeats, tolerance: driftTolerance })) this.#aged.delete(area.tile);
  }

  get #inputHigh(): number {
    const { min, max } = this.#array.descriptor.dac;
    return Math.max(-min, max);
  }

  readonly #reader: PartReader = (area, range) => {
    const settings = { ...this.#reading(area, range), inputHigh: this.#inputHigh };
    return ({ codes, repeats, firstSample, seed }) => {
      const asked = { range, vectors: codes.length / area.rows, repeats, firstSample };
      const reading = { ...area, ...asked, zeros: 0, inputs: none, chunks: [] };
      return this.#beginning(reading, { codes }, { ...settings, seed });
    };
  };

  /** An area as it is now, and what its currents go through in a range. */
  #reading(area: Area, range: number): Omit<BurstSettings, "inputs"> {
    const { devices, descriptor, engine } = this.#array;
    const { model, profile, seed, faults } = devices;
    const { adc, dac, cols } = descriptor;
    const converting = converter(adc, range, faults.adcOffset);
    const levels = levelsOf(profile, { bits: adc.bits, tile: area.tile, seed });
    return {
      ...{ area: this.#agedArea(area), law: model.noiseLaw, engine, seed, drawn: this.drawn },
      converter: { ...converting, levels },
      converterNoise: profile.adc.errors?.noise.value ?? 0,
      columns: columnsOf(profile, area, { seed, tileCols: cols }),
      scale: (dac.lsb * model.window.max) / converting.lsb,
    };
  }

  #agedArea(area: Area): AgedArea {
    const { devices } = this.#array;
    const now = this.#array.now();
    const held = this.#aged.get(area.tile) ?? new Map<string, AgedArea>();
    this.#aged.set(area.tile, held);
    const name = `${area.row},${area.col},${area.rows},${area.cols}`;
    const known = held.get(name);
    if (known !== undefined && now < known.validUntil) return known;
    const aged = agedArea(this.#array.cells(area.tile), area, now, devices);
    held.set(name, aged);
    return aged;
  }

  #spend(readOuts: number): void {
    const { dac, times } = this.#array.devices.profile;
    const planes = dac.feeding?.value === "bit-serial" ? planesOf(this.#array.descriptor.dac) : 1;
    this.#array.spend(readOuts * planes * times.readOut.value);
  }
}
