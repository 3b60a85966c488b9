import type { capabilities, cellOutcomes, sources } from "./messages.ts";
import type { ForwardPlan } from "./plan.ts";
import type { Amps, Kelvin, Quantities, Seconds, Siemens, Volts } from "./units.ts";

export type BoardSource = (typeof sources)[number];
export type Capability = (typeof capabilities)[number];
export type CellOutcome = (typeof cellOutcomes)[number];

/** What a board says of itself at hello. Does not change until it restarts. */
export interface Descriptor {
  readonly uid: string;
  readonly bootId: number;
  readonly protocol: { readonly major: number; readonly minor: number };
  readonly firmware: string;
  readonly source: BoardSource;
  /** Name of the board profile that describes its devices; "" where none is known. */
  readonly profile: string;
  readonly capabilities: readonly Capability[];
  readonly tiles: number;
  readonly rows: number;
  readonly cols: number;
  /** A row is driven at `code · lsb`; code 0 is 0 V. A board that cannot drive below 0 V has `min` 0. */
  readonly dac: { readonly min: number; readonly max: number; readonly lsb: Volts };
  /** Codes are signed, −2^(bits−1) … 2^(bits−1)−1; in range r one code is `ranges[r] / 2^(bits−1)`. */
  readonly adc: { readonly bits: number; readonly ranges: readonly Amps[] };
  /** Cell conductances travel as counts of `lsb`; targets lie in `min` … `max`. */
  readonly conductance: { readonly lsb: Siemens; readonly min: Siemens; readonly max: Siemens };
  readonly limits: {
    readonly readVoltage: Volts;
    readonly pulseVoltage: Volts;
    readonly pulseWidth: Seconds;
  };
  readonly maxFrame: number;
  readonly window: number;
  readonly tickHz: number;
  readonly watchdog: Seconds;
}

/** A rectangle of cells on one tile: rows are input lines, columns output lines. */
export interface Area {
  readonly tile: number;
  readonly row: number;
  readonly col: number;
  readonly rows: number;
  readonly cols: number;
}

export interface ProgramRequest {
  readonly area: Area;
  /** rows × cols, row by row. */
  readonly targets: Quantities<"S">;
  readonly tolerance: Siemens;
  readonly maxPulses: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}
export interface ProgramReport {
  /** rows × cols each, in the order of the targets. */
  readonly outcomes: readonly CellOutcome[];
  readonly pulses: Uint16Array;
  readonly conductances: Quantities<"S">;
}

export interface ReadOutRequest {
  readonly area: Area;
  /** Index into `descriptor.adc.ranges`. */
  readonly range: number;
  /** vectors × area.rows DAC codes, vector by vector. */
  readonly codes: Int16Array;
  readonly vectors: number;
  readonly repeats: number;
  /** Number of the first sample. Numbers are the caller's; one sample is `vectors` … `repeats`, repeat fastest. */
  readonly firstSample: number;
  /**
   * Read-outs with all rows at 0 V before each request on the wire; their mean, rounded, is taken off every code, which stays
   * within the converter's codes. 0 (none) … 255.
   */
  readonly zeros?: number;
  readonly signal?: AbortSignal;
}
export interface ReadOutReport {
  /** vectors × repeats × area.cols ADC codes. Two calls never promise the same answer. */
  readonly codes: Int16Array;
  /** How many of them stand at an end of the converter's range. */
  readonly saturated: number;
}

export interface MomentReport {
  /** vectors × area.cols: mean, and variance without bias (NaN of one repeat), of the ADC codes over the repeats. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** Codes at an end of the converter's range; where the link lost an end record, those that it told of are not counted. */
  readonly saturated: number;
}

export interface ForwardRequest {
  readonly plan: ForwardPlan;
  readonly items: number;
  /** items × inputs DAC codes. */
  readonly inputs: Int16Array;
  /** Posterior samples of each item, at most 65535. */
  readonly samples: number;
  /** Number of the first item in its run, from 0 again after 2^32, and seed: they address the noise that the board adds of its own. */
  readonly firstItem: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}
export interface ForwardReport {
  /** items × samples × outputs codes of the plan's `outputBits`. */
  readonly codes: Int16Array;
  /** In all layers: ADC codes at an end of the range; activations cut at `low` or `high`; outputs whose devices were noisier than asked for. */
  readonly saturated: number;
  readonly clipped: number;
  readonly short: number;
}

export interface BoardCondition {
  readonly temperature: Kelvin;
  readonly supply: Volts;
  readonly ticks: number;
  /** Pulses and read-outs since the board started, by its own count. */
  readonly pulses: number;
  readonly readOuts: number;
  readonly idle: boolean;
}

/** Counts of one side of a link. */
export interface LinkFigures {
  readonly framesIn: number;
  readonly framesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly crcErrors: number;
  readonly discarded: number;
  readonly duplicates: number;
}
export interface HostLinkFigures extends LinkFigures {
  readonly retransmits: number;
  /** Samples that had to be asked for again. */
  readonly gaps: number;
  readonly roundTrip: Seconds;
}

/**
 * The board's clock against the host's: the line host time = `at` + (t − `ticks`) / `tickHz` / (1 + rate), fitted through
 * round trips. Errors are halves of intervals of 95 %.
 */
export interface BoardClock {
  /** The middle of the fit, by the board's ticks and by the host's clock. */
  readonly ticks: number;
  readonly at: Seconds;
  readonly tickHz: number;
  /** Host's clock less the board's, there. */
  readonly offset: Seconds;
  readonly offsetError: Seconds;
  /** How much faster the board's clock runs than the host's, in millionths. */
  readonly ratePpm: number;
  readonly ratePpmError: number;
  /** Scatter of single round trips about the line, as a standard deviation (1.4826 median absolute deviations). */
  readonly spread: Seconds;
  /** The shortest round trip. */
  readonly roundTrip: Seconds;
  readonly exchanges: number;
}

/** Counts of both ends, up to the question for them: that is counted on both sides, its answer on neither. */
export interface BothLinkFigures {
  readonly host: HostLinkFigures;
  readonly board: LinkFigures;
  /** Nothing before eight round trips, or where the board's ticks stand still. */
  readonly clock?: BoardClock | undefined;
}

/**
 * What a board owes, wherever it stands: real, emulated or simulated. The contract suite (test/contract) holds each
 * of these obligations against each board.
 */
export interface CrossbarBoard extends AsyncDisposable {
  readonly url: string;
  readonly descriptor: Descriptor;
  /**
   * Pulses each cell until it reads within `tolerance` of its target, at most `maxPulses` times. A cell that will not
   * settle is reported, never thrown. No cell is pulsed twice for one request, whatever the link does. An abort signal
   * rejects with CANCELLED once the board has stopped pulsing.
   */
  program(request: ProgramRequest): Promise<ProgramReport>;
  /** One pulse on one cell, at most once, refused above the board's limits. */
  pulse(
    cell: { tile: number; row: number; col: number },
    polarity: "set" | "reset",
    amplitude: Volts,
    width: Seconds,
  ): Promise<void>;
  /** repeats × area.rows × area.cols conductances, each cell read alone, with its read noise. */
  readCells(area: Area, repeats?: number, signal?: AbortSignal): Promise<Quantities<"S">>;
  /** Every sample that was asked for, once each, in order. Rejects rather than leave one out. */
  readOut(request: ReadOutRequest): Promise<ReadOutReport>;
  /** Mean and variance of each column over the repeats. A board that cannot add sends its codes, and the host adds. */
  readMoments(request: ReadOutRequest): Promise<MomentReport>;
  /** Runs a network of dense layers on the board: only inputs and sampled outputs are on the wire. */
  forward(request: ForwardRequest): Promise<ForwardReport>;
  sense(): Promise<BoardCondition>;
  /** Safe state: no voltage on any line. Works at any time, also while another call runs. */
  idle(): Promise<void>;
  /** Both ends' counts of the link, and the board's clock, after so many round trips to measure it. */
  linkFigures(pings?: number): Promise<BothLinkFigures>;
  /** Idles the board and lets the port go. Calls after this reject with LINK_LOST. */
  close(): Promise<void>;
}
