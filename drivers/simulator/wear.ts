import { type BoardProfile, disturbed, wornWindow } from "#calibration";
import { type Area, siemens } from "#protocol";
import type { Reach } from "./pulses.ts";

/** Pulses in a cycle: a SET and a RESET. */
const pulsesPerCycle = 2;

/** What use does to the cells of one tile, as far as the profile has laws for it: counters that only grow. */
export interface Wear {
  /** Pulses that each cell has had. */
  readonly pulses: Uint32Array | undefined;
  readonly reads: ReadCounts | undefined;
}

/** Counted by rows, as every cell of a driven row is read, whichever columns are converted. */
interface ReadCounts {
  /** Share of its conductance by which a read moves a cell. */
  readonly perRead: number;
  readonly ofRow: Float64Array;
  /** Where its row's count stood when each cell was last pulsed: a pulse undoes what reads have done. */
  readonly sincePulse: Float64Array;
  /** Reads, of any row, since cells were last taken to have moved. */
  unseen: number;
}

/** The counters of a tile whose cells have gone through `cycles` SET/RESET cycles. */
export function startWear(
  { endurance, disturb }: BoardProfile,
  { rows, cols }: { rows: number; cols: number },
  cycles: number,
): Wear {
  const size = rows * cols;
  return {
    pulses: endurance && new Uint32Array(size).fill(pulsesPerCycle * cycles),
    reads: disturb && {
      perRead: disturb.perRead.value,
      ofRow: new Float64Array(rows),
      sincePulse: new Float64Array(size),
      unseen: 0,
    },
  };
}

/** How far pulses still take cell `i`; undefined where endurance is not modelled. Throws OUT_OF_MODEL beyond 10⁶ cycles. */
export function reachOf({ pulses }: Wear, i: number, { conductance }: BoardProfile): Reach | undefined {
  if (pulses === undefined) return undefined;
  const fresh = { min: conductance.min.value, max: conductance.max.value };
  return wornWindow(fresh, pulses[i]! / pulsesPerCycle);
}

/** Counts pulses of cell `i`. */
export function countPulses({ pulses }: Wear, i: number, count: number): void {
  if (pulses) pulses[i]! += count;
}

/** Forgets what reads have done to cell `i` of a tile of `cols` columns: it has a new state. */
export function undisturb({ reads }: Wear, i: number, cols: number): void {
  if (reads) reads.sincePulse[i] = reads.ofRow[Math.floor(i / cols)]!;
}

/** What reads have left of the conductance of cell `i`, 1 for none. Throws OUT_OF_MODEL where they moved it too far. */
export function readDisturb({ reads }: Wear, i: number, cols: number): number {
  if (reads === undefined) return 1;
  const { perRead, ofRow, sincePulse } = reads;
  return disturbed(siemens(1), ofRow[Math.floor(i / cols)]! - sincePulse[i]!, { perRead });
}

/**
 * Counts a read-out of `inputs` (vectors × rows DAC codes), `repeats` times each: a read for each row that is driven.
 * Says whether cells may by now have moved by `tolerance` of their conductance since it last said so.
 */
export function countReads(
  { reads }: Wear,
  { row, rows }: Area,
  { inputs, repeats, tolerance }: { inputs: Int16Array; repeats: number; tolerance: number },
): boolean {
  if (reads === undefined) return false;
  for (let at = 0; at < inputs.length; at++) if (inputs[at] !== 0) reads.ofRow[row + (at % rows)]! += repeats;
  reads.unseen += (inputs.length / rows) * repeats;
  if (reads.unseen * Math.abs(reads.perRead) < tolerance) return false;
  reads.unseen = 0;
  return true;
}
