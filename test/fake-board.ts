import { fillNormals, streams } from "#calibration";
import {
  type Area,
  amps,
  type CrossbarBoard,
  type Descriptor,
  type HostLinkFigures,
  inSiemens,
  kelvin,
  MhoError,
  microsiemens,
  type ProgramReport,
  type ProgramRequest,
  type ReadOutReport,
  type ReadOutRequest,
  seconds,
  siemens,
  volts,
} from "#protocol";

/** A descriptor for tests: 2 … 20 µS, a bipolar 12-bit DAC up to 0.2 V, a 16-bit ADC. */
export function descriptor(changes: Partial<Descriptor> = {}): Descriptor {
  return {
    uid: "fake-1",
    bootId: 1,
    protocol: { major: 1, minor: 0 },
    firmware: "fake",
    source: "simulated",
    profile: "fake",
    capabilities: ["program", "pulse", "readCells", "readOut"],
    tiles: 16,
    rows: 64,
    cols: 64,
    dac: { min: -2047, max: 2047, lsb: volts(0.2 / 2047) },
    adc: { bits: 16, ranges: [amps(1e-6), amps(1e-5), amps(1e-4), amps(1e-3)] },
    conductance: { lsb: siemens(1e-9), min: microsiemens(2), max: microsiemens(20) },
    limits: { readVoltage: volts(0.2), pulseVoltage: volts(3), pulseWidth: seconds(1e-3) },
    maxFrame: 2048,
    window: 4,
    tickHz: 1e6,
    watchdog: seconds(2),
    ...changes,
  };
}

export interface FakeOptions {
  readonly descriptor?: Partial<Descriptor>;
  /** Standard deviation of one read of a cell at conductance g, both in siemens. */
  readonly readSigma?: (g: number) => number;
  /** Keep program targets on the grid of the wire. */
  readonly seed?: number;
  /** Told of each request, may throw instead of it. */
  readonly before?: (
    name: "program" | "readOut" | "readCells" | "idle",
    request?: ProgramRequest | ReadOutRequest | Area,
  ) => void;
  /** What a cell settles at instead of its target. */
  readonly settles?: (target: number, cell: { tile: number; row: number; col: number }) => number;
  readonly cells?: Float64Array[];
}

const quiet: HostLinkFigures = {
  framesIn: 0,
  framesOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  crcErrors: 0,
  discarded: 0,
  duplicates: 0,
  retransmits: 0,
  gaps: 0,
  roundTrip: seconds(0),
};

/** A board with ideal arithmetic in this very program: no wire, Gaussian read noise where asked, exact programming. */
export function fakeBoard(options: FakeOptions = {}): CrossbarBoard & { readonly cells: Float64Array[] } {
  const board = descriptor(options.descriptor);
  const { rows, cols, tiles, conductance, dac, adc } = board;
  const cells =
    options.cells ?? Array.from({ length: tiles }, () => new Float64Array(rows * cols).fill(conductance.min));
  const { readSigma, seed = 1, before, settles } = options;

  const program = async (request: ProgramRequest): Promise<ProgramReport> => {
    before?.("program", request);
    if (request.signal?.aborted) throw new MhoError("CANCELLED", { doing: "programming" });
    const { area, targets } = request;
    const reached = inSiemens(
      Float64Array.from(targets, (target, k) => {
        const at = {
          tile: area.tile,
          row: area.row + Math.floor(k / area.cols),
          col: area.col + (k % area.cols),
        };
        const g = settles?.(target, at) ?? target;
        cells[at.tile]![at.row * cols + at.col] = g;
        return g;
      }),
    );
    request.onProgress?.(targets.length, targets.length);
    const outcomes = Array.from(reached, (g, k) =>
      Math.abs(g - targets[k]!) <= request.tolerance ? ("settled" as const) : ("notSettled" as const),
    );
    return { outcomes, pulses: new Uint16Array(targets.length).fill(1), conductances: reached };
  };

  const readOut = async (request: ReadOutRequest): Promise<ReadOutReport> => {
    before?.("readOut", request);
    const { area, codes, vectors, repeats, range, firstSample } = request;
    const lsb = adc.ranges[range]! / 2 ** (adc.bits - 1);
    const top = 2 ** (adc.bits - 1) - 1;
    const out = new Int16Array(vectors * repeats * area.cols);
    const tile = cells[area.tile]!;
    const noise = new Float32Array(area.cols);
    let saturated = 0;
    for (let s = 0, at = 0; s < vectors * repeats; s++) {
      if (readSigma) fillNormals(noise, seed, streams.readOuts, firstSample + s, area.tile * cols + area.col);
      const vector = Math.floor(s / repeats) * area.rows;
      for (let c = 0; c < area.cols; c++, at++) {
        let current = 0;
        let variance = 0;
        for (let r = 0; r < area.rows; r++) {
          const v = codes[vector + r]! * dac.lsb;
          const g = tile[(area.row + r) * cols + area.col + c]!;
          current += v * g;
          if (readSigma) variance += (v * readSigma(g)) ** 2;
        }
        const code = Math.max(
          -top - 1,
          Math.min(top, Math.round((current + Math.sqrt(variance) * noise[c]!) / lsb)),
        );
        if (code === top || code === -top - 1) saturated++;
        out[at] = code;
      }
    }
    return { codes: out, saturated };
  };

  return {
    url: "fake:",
    descriptor: board,
    cells,
    program,
    readOut,
    readMoments: async () => {
      throw new MhoError("CAPABILITY_MISSING", { what: "add" });
    },
    forward: async () => {
      throw new MhoError("CAPABILITY_MISSING", { what: "run a network by itself" });
    },
    pulse: async () => {},
    readCells: async (area, repeats = 1) => {
      before?.("readCells", area);
      const once = Array.from(
        { length: area.rows * area.cols },
        (_, k) =>
          cells[area.tile]![(area.row + Math.floor(k / area.cols)) * cols + area.col + (k % area.cols)]!,
      );
      return inSiemens(
        Float64Array.from({ length: once.length * repeats }, (_, k) => once[k % once.length]!),
      );
    },
    sense: async () => ({
      temperature: kelvin(300),
      supply: volts(3.3),
      ticks: 0,
      pulses: 0,
      readOuts: 0,
      idle: true,
    }),
    idle: async () => before?.("idle"),
    linkFigures: async () => ({ host: quiet, board: quiet }),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Puts a map's targets into a fake board's cells, without programming. */
export function hold(
  board: { readonly cells: Float64Array[]; readonly descriptor: Descriptor },
  map: import("../src/mapping/index.ts").ConductanceMap,
): void {
  for (const layer of map.layers) {
    const devices = layer.code.signs.length;
    for (const { area, input, output } of layer.blocks) {
      for (let r = 0; r < area.rows; r++) {
        for (let c = 0; c < area.cols; c++) {
          const target = layer.targets[((input + r) * layer.outputs + output) * devices + c]!;
          board.cells[area.tile]![(area.row + r) * board.descriptor.cols + area.col + c] = target;
        }
      }
    }
  }
}
