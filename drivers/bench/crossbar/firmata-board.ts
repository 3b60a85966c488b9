import { randomInt } from "node:crypto";
import { type Clock, realClock } from "#calibration";
import {
  type Area,
  type BoardCondition,
  type BoardSource,
  type BothLinkFigures,
  type CrossbarBoard,
  type Descriptor,
  type ForwardReport,
  kelvin,
  MhoError,
  type MomentReport,
  type ProgramReport,
  type ProgramRequest,
  type Quantities,
  type ReadOutReport,
  type ReadOutRequest,
  type Siemens,
  seconds,
  type Volts,
  volts,
} from "#protocol";
import { linkLost } from "../../closing.ts";
import { momentsOf, sumsOf } from "../../moments.ts";
import type { Transport } from "../../transport.ts";
import { type Arduino, arduino } from "../firmata.ts";
import { celsiusOf } from "../sensors.ts";
import { PassiveArray, type Step } from "./array.ts";
import { type CrossbarFile, readCrossbar } from "./crossbar-file.ts";
import { described } from "./describe.ts";
import { Front } from "./front.ts";
import { meanOf, type Polarity, programmed } from "./program.ts";
import { checkArea, checkProgram, checkReadOut } from "./requests.ts";
import { Turns } from "./turns.ts";

export interface FirmataOptions {
  readonly clock?: Clock;
  /** `emulated` where the far end is an emulator; `real` if not said. */
  readonly source?: BoardSource;
  readonly bootId?: number;
}

/**
 * The passive crossbar in the file at `path` (or in a file that was read before), at the Arduino at the other end of
 * `transport`. Rejects with FILE_UNREADABLE, BENCH_FILE_INVALID, BOARD_SILENT, LINK_LOST or PACKAGE_MISSING.
 */
export async function firmataBoard(
  transport: Transport,
  path: string | CrossbarFile,
  options: FirmataOptions = {},
): Promise<CrossbarBoard> {
  const { clock = realClock(), source = "real", bootId = randomInt(2 ** 31) } = options;
  try {
    const file = typeof path === "string" ? await readCrossbar(path) : path;
    const board = await arduino(transport, clock);
    const front = new Front(board, file, clock);
    await front.wake();
    await front.idle();
    return new FirmataBoard(board, file, front, described(board, file, { source, bootId }), clock);
  } catch (error) {
    await transport.close();
    throw error;
  }
}

class FirmataBoard implements CrossbarBoard {
  readonly url: string;
  readonly descriptor: Descriptor;
  readonly #board: Arduino;
  readonly #file: CrossbarFile;
  readonly #front: Front;
  readonly #clock: Clock;
  readonly #array: PassiveArray;
  readonly #turns = new Turns();
  #closed = false;

  constructor(board: Arduino, file: CrossbarFile, front: Front, descriptor: Descriptor, clock: Clock) {
    this.url = board.url;
    this.descriptor = descriptor;
    this.#board = board;
    this.#file = file;
    this.#front = front;
    this.#clock = clock;
    this.#array = new PassiveArray(front, file, descriptor);
    board.onRestart(() => this.#turns.end(new MhoError("BOARD_REBOOTED", { doing: "it was in use" })));
    board.onLost(() => this.#turns.end(linkLost(board.url, "the board was in use")));
  }

  async program(request: ProgramRequest): Promise<ProgramReport> {
    const { pulser } = this.#file;
    if (!pulser) throw new MhoError("CAPABILITY_MISSING", { what: "program cells: its file has no pulser" });
    return this.#run("programming", request.signal, async (step) => {
      checkProgram(request, this.descriptor);
      const verify = async (row: number, col: number): Promise<Siemens> =>
        meanOf(
          Array.from(
            await this.#array.cells({ tile: 0, row, col, rows: 1, cols: 1 }, pulser.verifyReads, step),
          ),
        );
      const pulse = (row: number, col: number, polarity: Polarity, amplitude: Volts): Promise<void> => {
        step();
        return this.#array.pulse(row, col, volts(polarity === "set" ? amplitude : -amplitude));
      };
      return programmed({ verify, pulse }, request, pulser);
    });
  }

  async pulse(): Promise<void> {
    throw new MhoError("CAPABILITY_MISSING", { what: "give single pulses of any width" });
  }

  readCells(area: Area, repeats = 1, signal?: AbortSignal): Promise<Quantities<"S">> {
    return this.#run("reading cells", signal, async (step) => {
      checkArea("readCells", area, this.descriptor);
      return this.#array.cells(area, repeats, step);
    });
  }

  readOut(request: ReadOutRequest): Promise<ReadOutReport> {
    return this.#run("reading out", request.signal, async (step) => {
      checkReadOut(request, this.descriptor);
      return this.#array.readOut(request, step);
    });
  }

  async readMoments(request: ReadOutRequest): Promise<MomentReport> {
    return momentsOf(sumsOf(await this.readOut(request), request), request.repeats);
  }

  async forward(): Promise<ForwardReport> {
    throw new MhoError("CAPABILITY_MISSING", { what: "run a network" });
  }

  sense(): Promise<BoardCondition> {
    return this.#run("sensing", undefined, async () => {
      const { thermometer, supply } = this.#file;
      const celsius = celsiusOf[thermometer.sensor](await this.#front.analog(thermometer.analog));
      return {
        temperature: kelvin(celsius + 273.15),
        supply: volts((await this.#front.analog(supply.analog)) * supply.divider),
        ticks: Math.round(this.#clock.now() * this.descriptor.tickHz),
        ...{ pulses: this.#array.pulses, readOuts: this.#array.readOuts },
        idle: true, // between calls every line is at `zero`
      };
    });
  }

  async idle(): Promise<void> {
    this.#turns.stop();
    await this.#turns.settled();
    await this.#run("idling", undefined, () => this.#front.idle());
  }

  linkFigures(): Promise<BothLinkFigures> {
    return this.#run("asking for link figures", undefined, async () => {
      if (!this.#board.hasWatchdog)
        throw new MhoError("CAPABILITY_MISSING", {
          what: "count what goes over its link: only mini-Firmata does",
        });
      const asked = this.#clock.now();
      const far = await this.#front.answers.watch();
      const roundTrip = seconds(this.#clock.now() - asked);
      const unknown = { crcErrors: 0, discarded: 0, duplicates: 0 };
      const { bytesIn, bytesOut, messagesIn, messagesOut } = this.#board.figures;
      const host = { framesIn: messagesIn, framesOut: messagesOut, bytesIn, bytesOut, ...unknown };
      const board = {
        framesIn: far.messagesIn,
        framesOut: far.messagesOut,
        bytesIn: far.bytesIn,
        bytesOut: far.bytesOut,
      };
      return { host: { ...host, retransmits: 0, gaps: 0, roundTrip }, board: { ...board, ...unknown } };
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.idle().catch(() => "the board is gone: its watchdog idles it");
    this.#turns.end(linkLost(this.url, "the board was closed"));
    await this.#board.flushed();
    await this.#board.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A call in its turn, under the board's watchdog; every line is at `zero` after it. */
  #run<T>(doing: string, signal: AbortSignal | undefined, call: (step: Step) => Promise<T>): Promise<T> {
    const watched = async (step: Step): Promise<T> => {
      await this.#front.wake();
      const result = await call(step);
      if (!(await this.#front.tripped())) return result;
      const why = "its watchdog tripped: the host was silent for too long";
      throw new MhoError("BOARD_REFUSED", { request: doing, why });
    };
    return this.#turns.take(doing, signal, watched, () => this.#front.idle());
  }
}
