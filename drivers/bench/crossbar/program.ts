import {
  type CellOutcome,
  inSiemens,
  type ProgramReport,
  type ProgramRequest,
  type Siemens,
  siemens,
  type Volts,
  volts,
} from "#protocol";
import type { CrossbarFile } from "./crossbar-file.ts";

type Pulser = NonNullable<CrossbarFile["pulser"]>;
export type Polarity = "set" | "reset";

/** What program-verify asks of the cells. Both reject once the call is cancelled. */
export interface CellBench {
  /** Mean of the verify reads. */
  verify(row: number, col: number): Promise<Siemens>;
  pulse(row: number, col: number, polarity: Polarity, amplitude: Volts): Promise<void>;
}

interface Settled {
  readonly outcome: CellOutcome;
  readonly pulses: number;
  readonly conductance: Siemens;
}

/**
 * Pulses a cell until its verify reads within the tolerance: from the least amplitude of a polarity up, a step with each pulse;
 * from the least again where it went past the target.
 */
async function settle(
  bench: CellBench,
  { row, col }: { readonly row: number; readonly col: number },
  goal: { readonly target: number; readonly tolerance: number; readonly maxPulses: number },
  { least, step, most }: Pulser,
): Promise<Settled> {
  let [pulses, amplitude] = [0, least];
  let last: Polarity | undefined;
  for (;;) {
    const conductance = await bench.verify(row, col);
    const error = goal.target - conductance;
    if (Math.abs(error) <= goal.tolerance) return { outcome: "settled", pulses, conductance };
    if (pulses >= goal.maxPulses) return { outcome: "notSettled", pulses, conductance };
    const polarity = error > 0 ? "set" : "reset";
    amplitude = polarity === last ? volts(Math.min(most, amplitude + step)) : least;
    await bench.pulse(row, col, polarity, amplitude);
    last = polarity;
    pulses++;
  }
}

/** Program and verify by the host, cell after cell. */
export async function programmed(
  bench: CellBench,
  { area, targets, tolerance, maxPulses, onProgress }: ProgramRequest,
  pulser: Pulser,
): Promise<ProgramReport> {
  const outcomes: CellOutcome[] = [];
  const pulses = new Uint16Array(targets.length);
  const conductances = inSiemens(new Float64Array(targets.length));
  for (let at = 0; at < targets.length; at++) {
    const cell = { row: area.row + Math.floor(at / area.cols), col: area.col + (at % area.cols) };
    const done = await settle(bench, cell, { target: targets[at]!, tolerance, maxPulses }, pulser);
    outcomes.push(done.outcome);
    pulses[at] = done.pulses;
    conductances[at] = done.conductance;
    onProgress?.(at + 1, targets.length);
  }
  return { outcomes, pulses, conductances };
}

/** Mean of a few values, as a conductance. */
export const meanOf = (values: readonly number[]): Siemens =>
  siemens(values.reduce((sum, value) => sum + value, 0) / values.length);
