import { clipsBelow, type RandomStream, relaxationSigma } from "#calibration";
import {
  type CellOutcome,
  cellOutcomes,
  type Reply,
  type Request,
  type Seconds,
  type Siemens,
  seconds,
  siemens,
} from "#protocol";
import { cellsOf, faultOf, fluctuation, reprogram, stateOf, type TileCells } from "./cells.ts";
import type { Devices } from "./devices.ts";
import { amplitudeFor, pulsed, type Reach } from "./pulses.ts";
import { bringUp } from "./relaxation.ts";
import { countPulses, reachOf } from "./wear.ts";

/** Cells between two progress marks. */
const progressEvery = 64;
/** After so many pulses, a cell that moved by less than this share of what they should have moved it is given up. */
const stuckAfter = 5;
const stuckShare = 0.2;

export interface ProgramBench {
  readonly cells: TileCells;
  readonly devices: Devices;
  readonly chance: RandomStream;
  /** Siemens a count, of the conductance at 300 K, in which the loop works. */
  readonly lsb: number;
  now(): Seconds;
  /** Lets pulses and verifies take their time. */
  spend(pulses: number, verifies: number): void;
}

/** A conductance as it travels: counts of `lsb`, held at the ends of 16 bits. */
export const counted = (g: number, lsb: number): number =>
  Math.max(-32768, Math.min(32767, Math.round(g / lsb)));

/** One read of a cell at `g` with standard deviation `sigma`. */
export function noisyRead(g: number, sigma: number, { model }: Devices, chance: RandomStream): number {
  if (model.noiseLaw === "none") return g;
  if (model.noiseLaw === "laplace") return g + sigma * chance.laplace() * Math.SQRT1_2;
  const read = g + sigma * chance.normal();
  return g < clipsBelow * sigma ? Math.max(0, read) : read;
}

/** All three in counts of the conductance scale, as the request gives them. */
interface Goal {
  readonly target: number;
  readonly tolerance: number;
  readonly maxPulses: number;
}
interface Settling {
  readonly outcome: CellOutcome;
  readonly pulses: number;
  readonly verifies: number;
  /** Where the cell really stands, in siemens, and where the last verify saw it, in counts. */
  readonly g: number;
  readonly seen: number;
}

/** The mean of the profile's number of reads, in counts. */
function verify(g: number, { devices, chance, lsb }: ProgramBench): number {
  const sigma = devices.model.readSigma(siemens(g), seconds(0));
  const reads = devices.profile.pulses.verifyReads.value;
  let sum = 0;
  for (let i = 0; i < reads; i++) sum += noisyRead(g, sigma, devices, chance);
  return counted(sum / reads, lsb);
}

interface Start {
  /** Where the cell stands, in siemens. */
  readonly g: number;
  readonly stuck: boolean;
  readonly reach: Reach | undefined;
}

/** Pulses, from `start`, until a verify lies within the tolerance, the pulses are used up, or the cell does not move. */
function settle({ g: g0, stuck, reach }: Start, goal: Goal, bench: ProgramBench): Settling {
  const { devices, chance, lsb } = bench;
  const { profile, model } = devices;
  const width = profile.pulses.width.value;
  const largest = (profile.pulses.step.value * (model.window.max - model.window.min)) / lsb;
  // Read noise alone can keep a cell outside a tight tolerance: only what exceeds it is evidence of a stuck one.
  const evidence = 5 * goal.tolerance + (8 * model.readSigma(siemens(goal.target * lsb), seconds(0))) / lsb;
  const first = verify(g0, bench);
  let [g, pulses, driven, seen] = [g0, 0, 0, first];
  const ended = (outcome: CellOutcome): Settling => ({ outcome, pulses, verifies: pulses + 1, g, seen });
  while (Math.abs(goal.target - seen) > goal.tolerance) {
    if (
      pulses >= stuckAfter &&
      Math.abs(driven) > evidence &&
      Math.abs(seen - first) < stuckShare * Math.abs(driven)
    )
      return ended("stuck");
    if (pulses >= goal.maxPulses) return ended("notSettled");
    const error = goal.target - seen;
    const amplitude = amplitudeFor(error * lsb, profile);
    const polarity = error > 0 ? "set" : "reset";
    const moved = pulsed(g, { polarity, amplitude, width }, { profile, reach }, chance);
    if (!stuck) g = moved;
    driven += Math.sign(error) * Math.min(Math.abs(error), largest);
    pulses++;
    seen = verify(g, bench);
  }
  return ended("settled");
}

/** Where relaxation leaves a cell that was pulsed to `g` for `target`. */
function relaxed(g: number, target: Siemens, { devices, chance }: ProgramBench): number {
  const { model, profile } = devices;
  const verify = siemens(model.readSigma(target, seconds(0)) / Math.sqrt(profile.pulses.verifyReads.value));
  const total = model.programmingSigma(target);
  if (total === 0) return g;
  const sigma = relaxationSigma({ total, acceptance: profile.programming.acceptance.value, verify });
  return g + model.programmingShift(target) + sigma * chance.normal();
}

/** Programs cell number `cell` and leaves it where relaxation takes it. */
function programCell(cell: number, goal: Goal, bench: ProgramBench): Settling {
  const { cells, devices, chance, lsb } = bench;
  bringUp(cells, Uint32Array.of(cell), bench.now(), devices);
  const [seen] = stateOf(cells, cell, bench.now(), devices);
  const healthy = faultOf(cells, cell) === "none";
  const reach = reachOf(cells.wear, cell, devices.profile);
  const settling = settle({ g: seen / devices.warmth, stuck: !healthy, reach }, goal, bench);
  countPulses(cells.wear, cell, settling.pulses);
  bench.spend(settling.pulses, settling.verifies);
  if (healthy && settling.pulses > 0) {
    const g = relaxed(settling.g, siemens(goal.target * lsb), bench) / fluctuation(cells, cell);
    reprogram(cells, cell, { g, at: bench.now(), model: devices.model, chance });
  }
  return settling;
}

/**
 * The program-verify loop over an area: each cell is read, pulsed towards its target until a verify lies within the
 * tolerance, and then relaxes. A cell already within the tolerance is left alone. Reports what verify saw, not where
 * relaxation took the cell afterwards. Yields every 64 cells.
 */
export function* programArea(
  request: Request<"program">,
  bench: ProgramBench,
): Generator<Reply<"progress">, Reply<"program">> {
  const total = request.rows * request.cols;
  const outcomes = new Uint8Array(total);
  const pulses = new Uint16Array(total);
  const conductances = new Int16Array(total);
  const order = cellsOf(bench.cells, request);
  let spent = 0;
  for (let at = 0; at < total; at++) {
    const goal = { target: request.targets[at]!, tolerance: request.tolerance, maxPulses: request.maxPulses };
    const settling = programCell(order[at]!, goal, bench);
    outcomes[at] = cellOutcomes.indexOf(settling.outcome);
    pulses[at] = settling.pulses;
    conductances[at] = settling.seen;
    spent += settling.pulses;
    if ((at + 1) % progressEvery === 0) yield { done: at + 1, total, pulses: spent };
  }
  return { outcomes, pulses, conductances };
}
