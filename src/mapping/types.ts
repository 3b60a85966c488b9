import type { Area, Descriptor, Siemens } from "#protocol";
import type { BayesianModel } from "../model/index.ts";

/**
 * How cells stand for a weight: w = (Σₖ signₖ · Gₖ − offset) / γ, the k cells side by side in one row.
 * A differential pair is signs [1, −1] and offset 0; three devices a weight (Lin et al. 2023) are [1, 1, 1] and an offset.
 */
export interface WeightCode {
  readonly signs: readonly (1 | -1)[];
  readonly offset: Siemens;
}

/** A block of a layer's weight matrix on one tile. `area.cols` is outputs × code.signs.length. */
export interface Block {
  readonly area: Area;
  /** First input (matrix row on the board) and first output of the layer that this block holds. */
  readonly input: number;
  readonly output: number;
}

/** One weight layer on the board, with every scale frozen. inputs × outputs as the board sees it (conv: one patch). */
export interface MappedLayer {
  /** Index in `model.layers`. */
  readonly layer: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly code: WeightCode;
  readonly blocks: readonly Block[];
  /** Activation units a DAC code. */
  readonly inputLsb: number;
  /** Inputs go below zero. A board whose DAC does not is then read in two phases, x⁺ and x⁻, and subtracted. */
  readonly signed: boolean;
  /** Siemens a weight unit, one for each output. */
  readonly gamma: Float32Array;
  /** Index into the board's ADC ranges. */
  readonly range: number;
  /** Read-outs averaged for one posterior sample, ≥ 1. */
  readonly average: number;
  /** Targets in siemens, inputs × outputs × signs.length, in that order of nesting. */
  readonly targets: Float32Array;
  /** What the map predicts for this layer: see NoiseBudget. */
  readonly budget: NoiseBudget;
}

/**
 * What the posterior asks of a layer and what the devices give, in output units squared, medians over outputs and probes.
 * `asked` = Σ x² σ² + σ_b²; `device` = one read-out's noise; `programming` = the frozen error that verify leaves (not noise:
 * it shifts means); `short` = share of outputs and probes where device noise exceeds what is asked, even averaged.
 */
export interface NoiseBudget {
  readonly asked: number;
  readonly device: number;
  readonly programming: number;
  readonly short: number;
  /** Share of weights cut at the conductance window. */
  readonly clipped: number;
}

/** What of a board a map is made for: a board that differs in any of these but `uid` cannot hold the map. */
export type MappedBoard = Pick<Descriptor, "uid" | "profile" | "tiles" | "rows" | "cols" | "dac" | "adc">;

/** model + board → what to program, and how to read it. Plain data; `.mho` on disk. */
export interface ConductanceMap {
  readonly model: BayesianModel;
  readonly modelSha256: string;
  readonly board: MappedBoard;
  readonly layers: readonly MappedLayer[];
  /**
   * How near its target a cell must read: half the median programming error of the devices, so that verify's own spread adds
   * little to it, and at least two counts of the wire.
   */
  readonly tolerance: Siemens;
  /** Which inputs the scales were taken from, in words. */
  readonly scalesFrom: string;
}
