import { type Clock, realClock } from "#calibration";
import { type Kelvin, kelvin, MhoError, type Seconds, seconds } from "#protocol";
import { serialTransport } from "../serial.ts";
import type { Transport } from "../transport.ts";
import { type Arduino, arduino } from "./firmata.ts";
import { heated, heaterOff } from "./heater.ts";
import {
  type Cause,
  type InterlockAction,
  type InterlockEvent,
  nextInterlock,
  presentCauses,
  unarmed,
} from "./interlock.ts";
import { type Peripherals, peripherals } from "./peripherals.ts";
import { type PeripheralsFile, readPeripherals } from "./peripherals-file.ts";

export interface BenchStatus {
  /** Whether supply and heater may be on. */
  readonly armed: boolean;
  /** What tripped the interlock, until it is reset. */
  readonly trips: readonly Cause[];
  readonly supply: boolean;
  /** 0 … 1. */
  readonly heater: number;
  /** What the heater holds, where it holds one. */
  readonly holding: Kelvin | undefined;
  readonly stopOpen: boolean;
}

/** A bench's supply, heater, thermometer and emergency stop, under an interlock (docs/bench-peripherals.md). */
export interface Bench extends AsyncDisposable {
  readonly status: BenchStatus;
  /** Whether the board makes itself safe when this program is silent. */
  readonly hasWatchdog: boolean;
  /** Throws INTERLOCK_TRIPPED when it is to be switched on and may not. */
  supply(on: boolean): void;
  /** Power 0 … 1 of full power; ends holding a temperature. Throws INTERLOCK_TRIPPED. */
  heater(power: number): void;
  /** Holds a temperature with the loop of the bench's file. Throws INTERLOCK_TRIPPED, OUT_OF_MODEL. */
  hold(temperature: Kelvin): void;
  /** The last one heard. Throws INTERLOCK_TRIPPED where it is no temperature of now. */
  temperature(): Kelvin;
  /** Told when the emergency stop opens. */
  onStop(listener: () => void): void;
  /** Told of every trip, and of what is latched then. */
  onTrip(listener: (trips: readonly Cause[]) => void): void;
  /** Arms the bench again after a trip; supply and heater stay off. Throws INTERLOCK_TRIPPED while a cause is there. */
  reset(): void;
  /** Everything off, then lets the port go. */
  close(): Promise<void>;
}

/** How a bench reaches its Arduino, and by which clock. */
export interface BenchIo {
  readonly transport?: Transport;
  readonly clock?: Clock;
}

/** The board is asked this often within `silence`, and given up by its watchdog after `watchdogs` of it. */
const beatsInSilence = 5;
const watchdogs = 1;
/** Longest wait for the first word of the stop and of the thermometer. */
const firstWord = seconds(2);

/**
 * Opens the bench in the file at `path` (or in a file that was read before): supply and heater off, armed if the stop is closed
 * and the temperature is within limits. `io` stands in for the serial port and for time. Rejects with FILE_UNREADABLE,
 * BENCH_FILE_INVALID, BENCH_PIN_UNFIT, PACKAGE_MISSING, BOARD_SILENT, or what opening a serial port rejects with.
 */
export async function openBench(path: string | PeripheralsFile, io: BenchIo = {}): Promise<Bench> {
  const file = typeof path === "string" ? await readPeripherals(path) : path;
  const clock = io.clock ?? realClock();
  const transport = io.transport ?? (await serialTransport(file.arduino ?? ""));
  try {
    const board = await arduino(transport, clock);
    const bench = new OpenBench(file, board, await peripherals(board, file), clock);
    await bench.firstWords();
    return bench;
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** The shell: turns what the board says and what time it is into events, and acts the interlock's actions out. */
class OpenBench implements Bench {
  readonly #file: PeripheralsFile;
  readonly #board: Arduino;
  readonly #parts: Peripherals;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #beating: Promise<void>;
  readonly #stopListeners: (() => void)[] = [];
  readonly #tripListeners: ((trips: readonly Cause[]) => void)[] = [];
  #state;
  #loop = heaterOff;
  #holding: Kelvin | undefined;

  constructor(file: PeripheralsFile, board: Arduino, parts: Peripherals, clock: Clock) {
    this.#file = file;
    this.#board = board;
    this.#parts = parts;
    this.#clock = clock;
    this.#state = unarmed(clock.now());
    parts.onStop((open) => this.#sawStop(open));
    parts.onTemperature((degrees) => this.#sawTemperature(degrees));
    board.onRestart(() => this.#saw({ saw: "restart" }));
    board.onLost(() => this.#saw({ saw: "loss" }));
    board.onWatch(({ tripped }) => tripped && this.#saw({ saw: "watchdog" }));
    board.watch(this.#watchdog);
    this.#beating = this.#beat();
  }

  get hasWatchdog(): boolean {
    return this.#board.hasWatchdog;
  }

  get status(): BenchStatus {
    const { trips, supply, heater, stop } = this.#state;
    return {
      ...{ armed: trips.length === 0, trips, supply, heater },
      ...{ holding: this.#holding, stopOpen: stop?.open ?? true },
    };
  }

  /** Waits for the first word of stop and thermometer, and arms the bench where they are good. */
  async firstWords(): Promise<void> {
    const end = this.#clock.now() + firstWord;
    while (!this.#state.stop || !this.#state.temperature) {
      if (this.#clock.now() >= end) {
        await this.close();
        const what = this.#state.stop ? "the thermometer" : "the stop";
        throw new MhoError("BOARD_SILENT", { url: this.#board.url, what, seconds: firstWord });
      }
      await this.#clock.sleep(this.#period);
    }
    this.#saw({ saw: "reset" });
  }

  supply(on: boolean): void {
    if (on) this.#mustBeArmed();
    this.#saw({ saw: "supply", on });
  }

  heater(power: number): void {
    if (power > 0) this.#mustBeArmed();
    this.#holding = undefined;
    this.#saw({ saw: "heater", power: Math.min(power, this.#file.heater?.most ?? 0) });
  }

  hold(temperature: Kelvin): void {
    const { coldest, hottest } = this.#file.limits;
    if (!(temperature >= coldest && temperature <= hottest))
      throw new MhoError("OUT_OF_MODEL", {
        ...{ what: "temperature to hold", value: temperature, range: `${coldest} … ${hottest} K` },
      });
    this.#mustBeArmed();
    this.#loop = heaterOff;
    this.#holding = temperature;
  }

  temperature(): Kelvin {
    const { temperature } = this.#state;
    const present = presentCauses(this.#state, this.#file.limits);
    const bad = present.filter((cause) => cause === "thermometerSilent" || cause === "thermometerAbsurd");
    if (!temperature || bad.length > 0) throw new MhoError("INTERLOCK_TRIPPED", { causes: bad.join(", ") });
    return kelvin(temperature.kelvin);
  }

  onStop(listener: () => void): void {
    this.#stopListeners.push(listener);
  }

  onTrip(listener: (trips: readonly Cause[]) => void): void {
    this.#tripListeners.push(listener);
  }

  reset(): void {
    const present = presentCauses(this.#state, this.#file.limits);
    if (present.length > 0) throw new MhoError("INTERLOCK_TRIPPED", { causes: present.join(", ") });
    this.#board.watch(this.#watchdog);
    this.#saw({ saw: "reset" });
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.heater(0);
    this.supply(false);
    this.#parts.status(false);
    this.#closing.abort();
    await this.#beating;
    await this.#board.flushed();
    await this.#board.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #period(): Seconds {
    return seconds(this.#file.limits.silence / beatsInSilence);
  }

  /** Milliseconds. */
  get #watchdog(): number {
    return Math.round(watchdogs * this.#file.limits.silence * 1000);
  }

  #mustBeArmed(): void {
    this.#saw({ saw: "time" });
    const { trips } = this.#state;
    if (trips.length > 0) throw new MhoError("INTERLOCK_TRIPPED", { causes: trips.join(", ") });
  }

  /** Asks the board where the stop stands, and whether its watchdog has tripped, as long as the bench is open. */
  async #beat(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#parts.askStop();
      this.#board.watch();
      await this.#clock.sleep(this.#period, this.#closing.signal).catch(() => {});
      this.#saw({ saw: "time" });
    }
  }

  #sawStop(open: boolean): void {
    const opened = open && this.#state.stop?.open !== true;
    this.#saw({ saw: "stop", open });
    if (opened) for (const listener of this.#stopListeners) listener();
  }

  #sawTemperature(degrees: number): void {
    const before = this.#state.temperature?.at;
    this.#saw({ saw: "temperature", kelvin: degrees });
    const { heater } = this.#file;
    if (!heater || this.#holding === undefined || before === undefined) return;
    const span = seconds(this.#state.now - before);
    this.#loop = heated(this.#loop, { wanted: this.#holding, measured: kelvin(degrees), span }, heater);
    this.#saw({ saw: "heater", power: this.#loop.power });
  }

  #saw(what: WithoutTime<InterlockEvent>): void {
    if (this.#closing.signal.aborted) return;
    const before = this.#state.trips;
    const event = { ...what, at: this.#clock.now() } as InterlockEvent;
    const { state, actions } = nextInterlock(this.#state, event, this.#file.limits);
    this.#state = state;
    for (const action of actions) this.#act(action);
    if (state.trips.length === 0) return;
    this.#holding = undefined;
    if (state.trips.length > before.length) for (const listener of this.#tripListeners) listener(state.trips);
  }

  #act(action: InterlockAction): void {
    if (action.set === "supply") this.#parts.supply(action.on);
    else if (action.set === "heater") this.#parts.heater(action.power);
    else this.#parts.status(action.armed);
  }
}

type WithoutTime<E> = E extends unknown ? Omit<E, "at"> : never;
