import {
  type CellFault,
  type DeviceModel,
  drawFault,
  fillNormals,
  type RandomStream,
  randomStream,
  streams,
} from "#calibration";
import { type Area, type Seconds, type Siemens, seconds, siemens } from "#protocol";
import type { Devices } from "./devices.ts";
import type { ArrayFaults } from "./options.ts";
import { Refusal } from "./refusal.ts";
import { type SlowNoise, startSlowNoise } from "./slow-noise.ts";
import { readDisturb, startWear, undisturb, type Wear } from "./wear.ts";

/** Why a cell does not follow its pulses; "open" conducts nothing, "shorted" 1 mS (assumed). */
export type SimulatedFault = CellFault | "open" | "shorted";
const faultNames: readonly SimulatedFault[] = ["none", "low", "high", "open", "shorted"];
const shortCircuit = siemens(1e-3);

/** The cells of one tile, row by row. What is stored is the state after the last pulse; ageing is worked out on demand. */
export interface TileCells {
  readonly tile: number;
  readonly rows: number;
  readonly cols: number;
  /** Conductance after the last pulse and its relaxation, in siemens. */
  readonly programmed: Float32Array;
  /** When that was, by the board's clock, in seconds. */
  readonly programmedAt: Float64Array;
  /** Drift exponent and place in the 1/f noise (a standard normal), drawn anew with each programming. */
  readonly nu: Float32Array;
  readonly persistent: Float32Array;
  readonly fault: Uint8Array;
  /** What relaxation has added since, in siemens, and until when: see relaxation.ts. */
  readonly relaxed: Float32Array;
  readonly relaxedTo: Float64Array;
  /** Correlated noise, where the profile has it: slow-noise.ts. */
  readonly noise: SlowNoise | undefined;
  /** What pulses and reads have done to the cells, where the profile has laws for it: wear.ts. */
  readonly wear: Wear;
  /** How often the tile's slow state has been moved on: where its random numbers are found. */
  readonly looks: { count: number };
}

function orderedFaults(tile: number, cells: TileCells, faults: ArrayFaults): void {
  const { rows, cols, fault } = cells;
  const set = (row: number, col: number, name: SimulatedFault): void => {
    if (row < rows && col < cols) fault[row * cols + col] = faultNames.indexOf(name);
  };
  for (const { row, col, at } of faults.stuck.filter((cell) => cell.tile === tile)) set(row, col, at);
  for (const { row } of faults.deadRows.filter((line) => line.tile === tile))
    for (let col = 0; col < cols; col++) set(row, col, "open");
  for (const { col } of faults.deadCols.filter((line) => line.tile === tile))
    for (let row = 0; row < rows; row++) set(row, col, "open");
}

/** Tile number `tile` fresh from the factory: every cell reset to the lower edge of the window, faults drawn from the seed. */
export function freshCells(tile: number, shape: { rows: number; cols: number }, devices: Devices): TileCells {
  const { profile, model, seed } = devices;
  const size = shape.rows * shape.cols;
  const cells: TileCells = {
    tile,
    ...shape,
    programmed: new Float32Array(size),
    programmedAt: new Float64Array(size),
    nu: new Float32Array(size),
    persistent: new Float32Array(size),
    fault: new Uint8Array(size),
    relaxed: new Float32Array(size),
    relaxedTo: new Float64Array(size),
    noise: startSlowNoise(profile, { tile, size, seed }),
    wear: startWear(profile, shape, devices.cycles),
    looks: { count: 0 },
  };
  const shares = { low: profile.stuck.low.value, high: profile.stuck.high.value };
  if (shares.low + shares.high > 0) {
    const faults = randomStream(seed, streams.faults, tile);
    for (let i = 0; i < size; i++) cells.fault[i] = faultNames.indexOf(drawFault(faults, shares));
  }
  const sigma = model.programmingSigma(model.window.min);
  const error = new Float32Array(size);
  if (sigma > 0) fillNormals(error, seed, streams.initialCells, tile, 0);
  fillNormals(cells.persistent, seed, streams.initialCells, tile, 1);
  const exponents = randomStream(seed, streams.initialCells, tile, 2);
  for (let i = 0; i < size; i++) {
    const g = siemens(Math.max(0, model.window.min + sigma * error[i]!));
    cells.programmed[i] = g;
    cells.nu[i] = model.drawNu(g, exponents);
  }
  orderedFaults(tile, cells, devices.faults);
  return cells;
}

/** Leaves cell `i` at conductance `g` at 300 K (at least 0), with a new drift exponent, a new 1/f history, nothing relaxed or disturbed. */
export function reprogram(
  cells: TileCells,
  i: number,
  state: { g: number; at: Seconds; model: DeviceModel; chance: RandomStream },
): void {
  const g = siemens(Math.max(0, state.g));
  cells.programmed[i] = g;
  cells.programmedAt[i] = state.at;
  cells.relaxed[i] = 0;
  cells.relaxedTo[i] = state.at;
  cells.nu[i] = state.model.drawNu(g, state.chance);
  cells.persistent[i] = state.chance.normal();
  undisturb(cells.wear, i, cells.cols);
}

export const faultOf = (cells: TileCells, i: number): SimulatedFault => faultNames[cells.fault[i]!]!;

/** 1 + the relative correlated noise of cell `i`. */
export const fluctuation = ({ noise }: TileCells, i: number): number =>
  noise === undefined ? 1 : 1 + noise.values[i]!;

/**
 * Mean conductance of cell `i` now, relaxed as far as it was looked at, and the standard deviation of one read of it, at
 * the board's temperature.
 */
export function stateOf(
  cells: TileCells,
  i: number,
  now: Seconds,
  devices: Devices,
): [g: Siemens, sigma: Siemens] {
  const fault = faultOf(cells, i);
  if (fault === "open") return [siemens(0), siemens(0)];
  if (fault === "shorted") return [shortCircuit, siemens(0)];
  const cool = coolState(cells, i, now, devices);
  const { warmth } = devices;
  return warmth === 1 ? cool : [siemens(warmth * cool[0]), siemens(warmth * cool[1])];
}

/** The same at 300 K, of a cell that is a device. */
function coolState(
  cells: TileCells,
  i: number,
  now: Seconds,
  { model, profile }: Devices,
): [g: Siemens, sigma: Siemens] {
  const fault = faultOf(cells, i);
  const age = seconds(Math.max(0, now - cells.programmedAt[i]!));
  if (fault !== "none") {
    const g = (fault === "low" ? profile.stuck.lowAt : profile.stuck.highAt).value;
    return [g, model.readSigma(g, age)];
  }
  const programmed = siemens(cells.programmed[i]!);
  const aged = model.drift(programmed, cells.nu[i]!, age);
  const lasting = cells.persistent[i]! * model.persistentSigma(aged, age, programmed);
  const moved = fluctuation(cells, i) * readDisturb(cells.wear, i, cells.cols);
  const g = siemens(Math.max(0, (aged + cells.relaxed[i]! + lasting) * moved));
  return [g, model.readSigma(g, age, programmed)];
}

/** Numbers, in their tile, of the cells of an area, row by row. Refused where the area leaves the tile. */
export function cellsOf(cells: TileCells, { row, col, rows, cols }: Area): Uint32Array {
  if (row + rows > cells.rows || col + cols > cells.cols)
    throw new Refusal("outOfArray", `${row}+${rows} x ${col}+${cols} of ${cells.rows} x ${cells.cols}`);
  return Uint32Array.from({ length: rows * cols }, (_, at) => {
    return (row + Math.floor(at / cols)) * cells.cols + col + (at % cols);
  });
}
