import { type BoardCore, Refusal } from "#drivers";
import {
  amps,
  capabilities,
  cellOutcomes,
  type Descriptor,
  protocolVersion,
  seconds,
  siemens,
  volts,
} from "#protocol";

export interface LedgerCore extends BoardCore {
  /** Pulses that each cell of tile 0 got, since the array was made: it outlives restarts. */
  readonly pulses: Uint32Array;
  readonly idled: number;
}

const sizes = { tiles: 2, rows: 8, cols: 8 };

/** Code of column `col` in sample number `sample`: known to a test without asking the board. */
export const ledgerCode = (sample: number, col: number): number => ((sample * 37 + col * 11) % 200) - 100;

/** A board core without physics that writes down what happened to it. One `program` gives each cell one pulse. */
export function ledgerCore(changes: Partial<Descriptor> = {}): LedgerCore {
  const pulses = new Uint32Array(sizes.rows * sizes.cols);
  const held = new Int16Array(sizes.rows * sizes.cols);
  let [boots, total, readOuts, idled, ticks] = [0, 0, 0, 0, 0];
  let idle = true;
  const give = (cell: number): void => {
    pulses[cell]!++;
    total++;
    idle = false;
  };
  const cellsOf = ({
    row,
    col,
    rows,
    cols,
  }: {
    row: number;
    col: number;
    rows: number;
    cols: number;
  }): number[] =>
    Array.from(
      { length: rows * cols },
      (_, i) => (row + Math.floor(i / cols)) * sizes.cols + col + (i % cols),
    );
  return {
    pulses,
    get idled() {
      return idled;
    },
    get descriptor() {
      return { ...ledgerDescriptor, bootId: 1000 + boots, ...changes };
    },
    *program(request) {
      const cells = cellsOf(request);
      for (const [i, cell] of cells.entries()) {
        give(cell);
        held[cell] = request.targets[i]!;
        yield { done: i + 1, total: cells.length, pulses: total };
      }
      const outcomes = new Uint8Array(cells.length).fill(cellOutcomes.indexOf("settled"));
      return { outcomes, pulses: cells.map(() => 1), conductances: cells.map((cell) => held[cell]!) };
    },
    pulse({ row, col, amplitude }) {
      if (amplitude === 0) throw new Refusal("hardware", "no pulse generator");
      give(row * sizes.cols + col);
      return { pulses: total };
    },
    readCells: (request) => {
      const once = cellsOf(request).map((cell) => held[cell]!);
      return { conductances: Array.from({ length: request.repeats }, () => once).flat() };
    },
    readOut(request, _inputs, first, count) {
      idle = false;
      readOuts += count;
      const codes = new Int16Array(count * request.cols);
      for (let i = 0; i < codes.length; i++)
        codes[i] = ledgerCode(
          request.firstSample + first + Math.floor(i / request.cols),
          request.col + (i % request.cols),
        );
      return { codes, saturated: 0 };
    },
    readMoments(request, inputs, first, count) {
      const { repeats, cols } = request;
      const { codes } = this.readOut(request, inputs, first * repeats, count * repeats);
      const sums = new Float64Array(count * cols);
      const squares = new Float64Array(count * cols);
      for (let at = 0; at < codes.length; at++) {
        const to = Math.floor(at / (repeats * cols)) * cols + (at % cols);
        sums[to]! += codes[at]!;
        squares[to]! += codes[at]! ** 2;
      }
      return { sums, squares, saturated: 0 };
    },
    forward(plan, request, _inputs, first, count) {
      const { outputs } = plan.layers.at(-1)!;
      const codes = new Int16Array(count * outputs);
      for (let i = 0; i < codes.length; i++)
        codes[i] = ledgerCode(
          request.firstItem * request.samples + first + Math.floor(i / outputs),
          i % outputs,
        );
      return { codes, saturated: 0, clipped: 0, short: 0 };
    },
    sense: () => ({
      temperature: 300,
      supply: 3.3,
      ticks: ticks++,
      pulses: total,
      readOuts,
      idle: idle ? 1 : 0,
    }),
    idle: () => {
      idle = true;
      idled++;
    },
    reboot: () => {
      boots++;
      total = 0;
      readOuts = 0;
    },
  };
}

const ledgerDescriptor: Descriptor = {
  uid: "ledger",
  bootId: 1000,
  protocol: protocolVersion,
  firmware: "ledger core",
  source: "simulated",
  profile: "",
  capabilities,
  ...sizes,
  dac: { min: -127, max: 127, lsb: volts(Math.fround(0.001)) },
  adc: { bits: 9, ranges: [amps(Math.fround(1e-5))] },
  conductance: { lsb: siemens(Math.fround(1e-8)), min: siemens(0), max: siemens(1000 * Math.fround(1e-8)) },
  limits: {
    readVoltage: volts(Math.fround(0.2)),
    pulseVoltage: volts(2),
    pulseWidth: seconds(Math.fround(1e-6)),
  },
  maxFrame: 96,
  window: 4,
  tickHz: 1000,
  watchdog: seconds(2),
};
