import { type Clock, realClock } from "#calibration";
import {
  type Area,
  type BoardCondition,
  type BothLinkFigures,
  type Capability,
  type CellOutcome,
  type CrossbarBoard,
  cellOutcomes,
  type Descriptor,
  decodeMessage,
  descriptorOf,
  type ForwardReport,
  type ForwardRequest,
  type Frame,
  idOf,
  inSiemens,
  kelvin,
  MhoError,
  type MomentReport,
  type ProgramReport,
  type ProgramRequest,
  type Quantities,
  type ReadOutReport,
  type ReadOutRequest,
  type Seconds,
  type Volts,
  volts,
} from "#protocol";
import { pieces, positions } from "./areas.ts";
import { fromCounts, toCounts } from "./counts.ts";
import { allOrNone, each } from "./each.ts";
import { Plans } from "./forward.ts";
import { momentsOf, type Sums, sumPart, sumsOf } from "./moments.ts";
import { partsOf, readPart } from "./read-out.ts";
import { type Mode, openSession, type Session } from "./session/index.ts";
import type { Transport } from "./transport.ts";

export interface WireBoardOptions {
  /** Time for time-outs. A clock that only moves when it is told to makes every wait a time-out. */
  readonly clock?: Clock;
  readonly mode?: Mode;
  /** What the board says to people. */
  readonly onLog?: (line: string) => void;
}

/**
 * The board at the other end of a transport, from whatever state it is in. Takes the transport: closing the board
 * closes it, and so does a failure here. Rejects with BOARD_SILENT, BOARD_BUSY, PROTOCOL_MISMATCH or LINK_LOST.
 */
export async function wireBoard(
  transport: Transport,
  options: WireBoardOptions = {},
): Promise<CrossbarBoard> {
  const { clock = realClock(), mode = "binary", onLog } = options;
  try {
    return new WireBoard(await openSession(transport, { clock, mode, onLog }));
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** Bytes of frame and list lengths around the per-cell values of a reply. */
const replyHead = 12 + 3 * 2;
const bytesPerProgrammed = 1 + 2 + 2;
const bytesPerRead = 2;

class WireBoard implements CrossbarBoard {
  readonly url: string;
  readonly descriptor: Descriptor;
  readonly #session: Session;
  readonly #plans: Plans;

  constructor(session: Session) {
    this.#session = session;
    this.url = session.url;
    this.descriptor = descriptorOf(session.hello);
    this.#plans = new Plans(session, this.descriptor);
  }

  async program(request: ProgramRequest): Promise<ProgramReport> {
    this.#needs("program", "program cells");
    const { area, signal } = request;
    const cells = area.rows * area.cols;
    const report = {
      outcomes: new Array<CellOutcome>(cells),
      pulses: new Uint16Array(cells),
      conductances: inSiemens(new Float64Array(cells)),
    };
    let done = 0;
    for (const piece of pieces(area, this.#cellsPerFrame(bytesPerProgrammed))) {
      await this.#programPiece(request, piece, { report, done, total: cells });
      if (signal?.aborted) throw new MhoError("CANCELLED", { doing: "programming cells" });
      done += piece.rows * piece.cols;
      request.onProgress?.(done, cells);
    }
    return report;
  }

  async #programPiece(
    request: ProgramRequest,
    piece: Area,
    so: { report: ProgramReport & { outcomes: CellOutcome[] }; done: number; total: number },
  ): Promise<void> {
    const { lsb } = this.descriptor.conductance;
    const at = [...positions(request.area, piece)];
    const onEvent = (frame: Frame): void => {
      if (frame.id !== idOf("progress", "reply")) return;
      request.onProgress?.(so.done + decodeMessage("progress", "reply", frame.payload).done, so.total);
    };
    const reply = await this.#session.request(
      "program",
      {
        ...piece,
        tolerance: toCounts("tolerance", request.tolerance, lsb),
        maxPulses: request.maxPulses,
        targets: at.map((i) => toCounts("target", request.targets[i]!, lsb)),
      },
      { onEvent, signal: request.signal },
    );
    if (
      reply.outcomes.length !== at.length ||
      reply.pulses.length !== at.length ||
      reply.conductances.length !== at.length
    )
      throw new MhoError("WIRE_BROKEN", {
        message: "program",
        why: `${reply.outcomes.length} outcomes for ${at.length} cells`,
      });
    at.forEach((i, k) => {
      so.report.outcomes[i] = cellOutcomes[reply.outcomes[k]!]!;
      so.report.pulses[i] = reply.pulses[k]!;
      so.report.conductances[i] = reply.conductances[k]! * lsb;
    });
  }

  async pulse(
    cell: { tile: number; row: number; col: number },
    polarity: "set" | "reset",
    amplitude: Volts,
    width: Seconds,
  ): Promise<void> {
    this.#needs("pulse", "give single pulses");
    await this.#session.request("pulse", { ...cell, polarity: polarity === "set" ? 0 : 1, amplitude, width });
  }

  async readCells(area: Area, repeats = 1, signal?: AbortSignal): Promise<Quantities<"S">> {
    this.#needs("readCells", "read single cells");
    const cells = area.rows * area.cols;
    const out = inSiemens(new Float64Array(repeats * cells));
    const most = this.#cellsPerFrame(bytesPerRead);
    const reads: Promise<void>[] = [];
    for (const piece of pieces(area, most)) {
      const atOnce = Math.max(1, Math.floor(most / (piece.rows * piece.cols)));
      for (let first = 0; first < repeats; first += atOnce)
        reads.push(
          this.#readPiece({ area, piece, first, repeats: Math.min(atOnce, repeats - first), out }, signal),
        );
    }
    await allOrNone(reads);
    return out;
  }

  async #readPiece(
    so: { area: Area; piece: Area; first: number; repeats: number; out: Float64Array },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { area, piece, repeats } = so;
    const reply = await this.#session.request("readCells", { ...piece, repeats }, { signal });
    const at = [...positions(area, piece)];
    if (reply.conductances.length !== repeats * at.length)
      throw new MhoError("WIRE_BROKEN", {
        message: "readCells",
        why: `${reply.conductances.length} conductances for ${at.length} cells`,
      });
    const values = fromCounts(reply.conductances, this.descriptor.conductance.lsb);
    for (let k = 0; k < values.length; k++) {
      const repeat = so.first + Math.floor(k / at.length);
      so.out[repeat * area.rows * area.cols + at[k % at.length]!] = values[k]!;
    }
  }

  async readOut(request: ReadOutRequest): Promise<ReadOutReport> {
    this.#needs("readOut", "read out");
    requireCodes(request);
    const { area, vectors, repeats } = request;
    const codes = new Int16Array(vectors * repeats * area.cols);
    const parts = partsOf(this.descriptor, request);
    let saturated = 0;
    await each(parts, 2 * this.descriptor.window, async (part) => {
      // Parts run at the same time: the sum is read only once this one is over.
      const ofPart = await readPart(this.#session, this.descriptor, request, part, codes);
      saturated += ofPart;
    });
    return { codes, saturated };
  }

  async readMoments(request: ReadOutRequest): Promise<MomentReport> {
    if (!this.descriptor.capabilities.includes("readMoments"))
      return momentsOf(sumsOf(await this.readOut(request), request), request.repeats);
    requireCodes(request);
    const size = request.vectors * request.area.cols;
    const into: Sums = { sums: new Float64Array(size), squares: new Float64Array(size), saturated: 0 };
    const parts = partsOf(this.descriptor, request, "readMoments");
    await each(parts, 2 * this.descriptor.window, (part) =>
      sumPart(this.#session, this.descriptor, request, part, into),
    );
    return momentsOf(into, request.repeats);
  }

  async forward(request: ForwardRequest): Promise<ForwardReport> {
    this.#needs("forward", "run a network by itself");
    const { inputs } = request.plan.layers[0]!;
    if (request.inputs.length !== request.items * inputs)
      throw new MhoError("SHAPE_MISMATCH", {
        what: "input codes of the network",
        found: request.inputs.length,
        wanted: `${request.items} × ${inputs}`,
      });
    return this.#plans.run(request);
  }

  async sense(): Promise<BoardCondition> {
    const { temperature, supply, idle, ...counts } = await this.#session.request("sense", {});
    return { temperature: kelvin(temperature), supply: volts(supply), idle: idle !== 0, ...counts };
  }

  idle(): Promise<void> {
    return this.#session.idle();
  }

  async linkFigures(pings = 0): Promise<BothLinkFigures> {
    for (let i = 0; i < pings; i++) await this.#session.request("ping", { token: i });
    // The board counts before it answers: what came in until now is what it then had sent.
    const { framesIn, bytesIn } = this.#session.figures;
    const board = await this.#session.request("linkFigures", {});
    return { host: { ...this.#session.figures, framesIn, bytesIn }, board, clock: this.#session.clock };
  }

  async close(): Promise<void> {
    // A board that no longer answers cannot be idled: its own watchdog does that.
    await this.#session.idle().catch(() => {});
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #needs(capability: Capability, what: string): void {
    if (!this.descriptor.capabilities.includes(capability))
      throw new MhoError("CAPABILITY_MISSING", { what });
  }

  #cellsPerFrame(bytes: number): number {
    return Math.max(1, Math.floor((this.descriptor.maxFrame - replyHead - 2) / bytes));
  }
}

function requireCodes({ codes, vectors, area }: ReadOutRequest): void {
  if (codes.length !== vectors * area.rows)
    throw new MhoError("SHAPE_MISMATCH", {
      what: "codes of the read-out",
      found: codes.length,
      wanted: `${vectors} × ${area.rows}`,
    });
}
