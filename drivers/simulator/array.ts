import {
  type Clock,
  loadProfile,
  randomStream,
  realClock,
  streams,
  type VirtualClock,
  virtualClock,
} from "#calibration";
import {
  type Area,
  type Descriptor,
  type ForwardPlan,
  inSiemens,
  type Quantities,
  type Reply,
  type Request,
  seconds,
} from "#protocol";
import { ArrayReads } from "./array-reads.ts";
import { cellsOf, fluctuation, freshCells, reprogram, stateOf, type TileCells } from "./cells.ts";
import type { BoardCore, ForwardSamples } from "./core.ts";
import { describe } from "./describe.ts";
import { type Devices, devicesOf } from "./devices.ts";
import { readOutsOf } from "./forward.ts";
import { SimulatorOptions, type SimulatorSettings } from "./options.ts";
import { counted, noisyRead, programArea } from "./program.ts";
import { pulsed } from "./pulses.ts";
import type { DrawnSamples } from "./reading.ts";
import { bringUp } from "./relaxation.ts";
import { countPulses, reachOf } from "./wear.ts";

/** The simulated board behind its wire, with what only a simulation can do. */
export interface SimulatedCore extends BoardCore {
  readonly clock: Clock;
  /** Noisy samples drawn since the start by each engine: docs/simulator.md. */
  readonly drawn: Readonly<DrawnSamples>;
  /** A restart of the board's controller: another boot id, counts from 0. Cells keep what they hold. */
  reboot(): void;
  /** Sets the cells of an area to `conductances` (rows × cols) without error; faulty cells stay as they are. */
  preset(area: Area, conductances: Quantities<"S">): void;
  /** Mean conductances of the cells of an area now, rows × cols, without read noise. */
  conductances(area: Area): Quantities<"S">;
}

/** What a board holds: cells that outlive a restart, and counts that do not. */
class SimulatedArray implements SimulatedCore {
  readonly clock: Clock & Partial<VirtualClock>;
  descriptor: Descriptor;
  readonly drawn: DrawnSamples;
  readonly #options: SimulatorOptions;
  readonly #devices: Devices;
  readonly #tiles = new Map<number, TileCells>();
  readonly #reads: ArrayReads;
  #boots = 0;
  #counts = { pulses: 0, readOuts: 0 };
  /** Numbers of the programmings and cell reads so far: where their random numbers are found. */
  #numbers = { programmings: 0, cellReads: 0 };
  #idle = true;

  constructor(options: SimulatorOptions, devices: Devices, clock: Clock) {
    this.clock = clock;
    this.#options = options;
    this.#devices = devices;
    this.descriptor = describe(devices.profile, options, this.#boots);
    this.#reads = new ArrayReads({
      descriptor: this.descriptor,
      devices,
      engine: options.engine,
      now: () => clock.now(),
      cells: (tile) => this.#cells(tile),
      spend: (span) => this.#spend(span),
    });
    this.drawn = this.#reads.drawn;
  }

  *program(request: Request<"program">): Generator<Reply<"progress">, Reply<"program">> {
    const { times, pulses } = this.#devices.profile;
    const cells = this.#change(request.tile);
    return yield* programArea(request, {
      cells,
      devices: this.#devices,
      chance: randomStream(this.#options.seed, streams.programming, this.#numbers.programmings++),
      lsb: this.descriptor.conductance.lsb / this.#devices.warmth,
      now: () => this.clock.now(),
      spend: (count, verifies) => {
        this.#change(request.tile);
        this.#counts.pulses += count;
        this.#spend(count * times.pulse.value + verifies * pulses.verifyReads.value * times.cellRead.value);
      },
    });
  }

  pulse(request: Request<"pulse">): Reply<"pulse"> {
    const cells = this.#change(request.tile);
    const cell = request.row * cells.cols + request.col;
    const { model, profile, warmth } = this.#devices;
    const chance = randomStream(this.#options.seed, streams.pulses, this.#numbers.programmings++);
    const polarity = request.polarity === 0 ? "set" : "reset";
    bringUp(cells, Uint32Array.of(cell), this.clock.now(), this.#devices);
    const [g0] = stateOf(cells, cell, this.clock.now(), this.#devices);
    const { amplitude, width } = request;
    const reach = reachOf(cells.wear, cell, profile);
    const g = pulsed(g0 / warmth, { polarity, amplitude, width }, { profile, reach }, chance);
    countPulses(cells.wear, cell, 1);
    reprogram(cells, cell, { g: g / fluctuation(cells, cell), at: this.clock.now(), model, chance });
    this.#counts.pulses++;
    this.#spend(profile.times.pulse.value);
    return { pulses: this.#counts.pulses };
  }

  readCells(request: Request<"readCells">): Reply<"readCells"> {
    const cells = this.#cells(request.tile);
    const chance = randomStream(this.#options.seed, streams.cellReads, this.#numbers.cellReads++);
    const order = cellsOf(cells, request);
    bringUp(cells, order, this.clock.now(), this.#devices);
    const states = Array.from(order, (cell) => stateOf(cells, cell, this.clock.now(), this.#devices));
    const conductances = Int16Array.from({ length: request.repeats * order.length }, (_, at) => {
      const [g, sigma] = states[at % order.length]!;
      return counted(noisyRead(g, sigma, this.#devices, chance), this.descriptor.conductance.lsb);
    });
    this.#reads.count(request, new Int16Array(request.rows).fill(1), request.repeats);
    this.#spend(conductances.length * this.#devices.profile.times.cellRead.value);
    this.#idle = false;
    return { conductances };
  }

  readOut(
    request: Request<"readOut">,
    inputs: Int16Array,
    first: number,
    count: number,
    into?: Int16Array,
  ): ReturnType<BoardCore["readOut"]> {
    this.#counts.readOuts += count;
    this.#idle = false;
    return this.#reads.readOut(request, inputs).take(first, count, into);
  }

  readMoments(
    request: Request<"readMoments">,
    inputs: Int16Array,
    first: number,
    count: number,
  ): ReturnType<BoardCore["readMoments"]> {
    this.#counts.readOuts += count * request.repeats;
    this.#idle = false;
    return this.#reads.readOut(request, inputs).sums(first, count);
  }

  forward(
    plan: ForwardPlan,
    request: Request<"forward">,
    inputs: Int16Array,
    first: number,
    count: number,
  ): ForwardSamples {
    this.#counts.readOuts += count * readOutsOf(plan.layers);
    this.#idle = false;
    return this.#reads.forward(plan, request, inputs).take(first, count);
  }

  sense(): Reply<"sense"> {
    return {
      temperature: this.#options.temperature,
      supply: 3.3,
      ticks: Math.round(this.clock.now() * this.descriptor.tickHz),
      pulses: this.#counts.pulses,
      readOuts: this.#counts.readOuts,
      idle: this.#idle ? 1 : 0,
    };
  }

  idle(): void {
    this.#idle = true;
  }

  reboot(): void {
    this.#boots++;
    this.#counts = { pulses: 0, readOuts: 0 };
    this.#idle = true;
    this.descriptor = describe(this.#devices.profile, this.#options, this.#boots);
  }

  preset(area: Area, conductances: Quantities<"S">): void {
    const cells = this.#change(area.tile);
    const { model } = this.#devices;
    const chance = randomStream(this.#options.seed, streams.programming, this.#numbers.programmings++);
    cellsOf(cells, area).forEach((cell, at) => {
      reprogram(cells, cell, { g: conductances[at]!, at: this.clock.now(), model, chance });
    });
  }

  conductances(area: Area): Quantities<"S"> {
    const cells = this.#cells(area.tile);
    const now = this.clock.now();
    const order = cellsOf(cells, area);
    bringUp(cells, order, now, this.#devices);
    return inSiemens(Float64Array.from(order, (cell) => stateOf(cells, cell, now, this.#devices)[0]));
  }

  #cells(tile: number): TileCells {
    const known = this.#tiles.get(tile);
    if (known !== undefined) return known;
    const cells = freshCells(tile, this.descriptor, this.#devices);
    this.#tiles.set(tile, cells);
    return cells;
  }

  /** The cells of a tile that are about to change: what was worked out from them no longer holds. */
  #change(tile: number): TileCells {
    this.#reads.forget(tile);
    this.#idle = false;
    return this.#cells(tile);
  }

  #spend(span: number): void {
    this.clock.advance?.(seconds(span));
  }
}

/**
 * A simulated board from its options (defaults filled in): profile, seed, geometry, clock, ordered faults. A clock may
 * be handed in, so that a test lets a month of drift pass: `clock.advance(seconds(2.6e6))`. Throws what `loadProfile`
 * throws.
 */
export async function simulatedCore(settings: SimulatorSettings, clock?: Clock): Promise<SimulatedCore> {
  const options = SimulatorOptions.parse(settings);
  const profile = await loadProfile(options.profile);
  return new SimulatedArray(
    options,
    devicesOf(profile, options),
    clock ?? (options.clock === "real" ? realClock() : virtualClock()),
  );
}
