import {
  type CrossbarFactor,
  clipsBelow,
  columnGains,
  type LineResistance,
  rectifiedNormal,
  transferMatrix,
} from "#calibration";
import { type Area, type Seconds, seconds } from "#protocol";
import { cellsOf, stateOf, type TileCells } from "./cells.ts";
import type { Devices } from "./devices.ts";
import { circuitOf } from "./lines.ts";
import { bringUp, relaxedBy } from "./relaxation.ts";

/**
 * The cells of an area as they are at one time, rows × cols, in units of the window's upper edge: squares and fourth
 * powers of siemens would leave the range of single precision.
 */
export interface AgedArea {
  readonly rows: number;
  readonly cols: number;
  readonly mean: Float32Array;
  /** Standard deviation of one read of each cell, its square and fourth power. */
  readonly sigma: Float32Array;
  readonly variance: Float32Array;
  readonly fourth: Float32Array;
  /** Set where noise would take some reads below 0 S, which is where they are held; `mean` and `variance` know of it. */
  readonly clipped: Clipped | undefined;
  /** Set where lines take so much of some cell's current that noise is worked out input by input: line-noise.ts. */
  readonly circuit: AreaCircuit | undefined;
  /** Until then no cell has drifted by `driftTolerance` of its conductance or relaxed by `relaxationTolerance`. */
  readonly validUntil: number;
}

export interface Clipped {
  /** Mean of each cell before its reads are held at 0 S. */
  readonly mean: Float32Array;
  /** Third cumulant of one read. */
  readonly third: Float32Array;
}

/** An area between lines with resistance. */
export interface AreaCircuit {
  readonly factor: CrossbarFactor;
  /** Column currents are Σ Vᵢ Tᵢⱼ; in units of the window's upper edge. */
  readonly transfer: Float32Array;
  /** Standard deviation of one read of each cell itself, in the same units. */
  readonly sigma: Float32Array;
  /** Share of a current through each cell that reaches its column's end. */
  gains(): Float64Array;
}

/** Relative change of a conductance below which its drift is not worked out anew: half a code of a 12-bit converter. */
export const driftTolerance = 2 ** -12;

/** When a power law with exponent ν has changed a cell by the tolerance: age · (exp(tolerance / ν) − 1) from now. */
function driftedBy(cells: TileCells, i: number, now: number, start: number): number {
  const age = Math.max(now - cells.programmedAt[i]!, start);
  return cells.programmedAt[i]! + age * Math.exp(driftTolerance / cells.nu[i]!);
}

/** Share of a cell's current that the lines may take before its noise is worked out input by input. */
const unnoticed = 0.01;
/** Of the gains: 1e-4 of the noise. */
const tolerance = 1e-4;

/** Cells between their lines: what T / G leaves of each one's current, and the circuit where that is too little. */
function between(
  { conductances, sigmas }: { conductances: Float64Array; sigmas: Float64Array },
  area: Area,
  { tileRows, lines, unit }: { tileRows: number; lines: LineResistance; unit: number },
): { readonly shares: Float64Array; readonly circuit: AreaCircuit | undefined } {
  const factor = circuitOf(conductances, area, { lines, tileRows });
  const effective = transferMatrix(factor);
  const shares = conductances.map((g, at) => (g > 0 ? effective[at]! / g : 0));
  if (conductances.every((g, at) => g === 0 || sigmas[at] === 0 || shares[at]! > 1 - unnoticed))
    return { shares, circuit: undefined };
  let known: Float64Array | undefined;
  const gains = (): Float64Array => {
    known ??= columnGains(factor, { tolerance });
    return known;
  };
  const inUnits = (values: ArrayLike<number>): Float32Array => Float32Array.from(values, (x) => x / unit);
  return { shares, circuit: { factor, transfer: inUnits(effective), sigma: inUnits(sigmas), gains } };
}

/** Replaces mean and variance by those of the rectified normal, for the cells that noise would take below 0 S. */
function clip({ mean, sigma, variance }: Pick<AgedArea, "mean" | "sigma" | "variance">): Clipped | undefined {
  let clipped: Clipped | undefined;
  for (let at = 0; at < mean.length; at++) {
    if (sigma[at] === 0 || mean[at]! >= clipsBelow * sigma[at]!) continue;
    clipped ??= { mean: mean.slice(), third: new Float32Array(mean.length) };
    const moments = rectifiedNormal(mean[at]!, sigma[at]!);
    mean[at] = moments.mean;
    variance[at] = moments.variance;
    clipped.third[at] = moments.third;
  }
  return clipped;
}

export function agedArea(cells: TileCells, area: Area, now: Seconds, devices: Devices): AgedArea {
  const size = area.rows * area.cols;
  const [mean, sigma, variance, fourth] = [1, 2, 3, 4].map(() => new Float32Array(size)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const conductances = new Float64Array(size);
  const sigmas = new Float64Array(size);
  let validUntil = Number.POSITIVE_INFINITY;
  let newest = 0;
  const order = cellsOf(cells, area);
  bringUp(cells, order, now, devices);
  order.forEach((cell, at) => {
    const [g, spread] = stateOf(cells, cell, now, devices);
    conductances[at] = g;
    sigmas[at] = spread;
    if (cells.nu[cell]! > 0)
      validUntil = Math.min(validUntil, driftedBy(cells, cell, now, devices.model.driftStart));
    newest = Math.max(newest, cells.programmedAt[cell]!);
  });
  validUntil = Math.min(validUntil, now + relaxedBy(devices.model, seconds(now - newest)));
  if (cells.noise) validUntil = Math.min(validUntil, cells.noise.at + cells.noise.still);
  const unit = devices.model.window.max;
  const among = { tileRows: cells.rows, unit };
  const wired = devices.lines && between({ conductances, sigmas }, area, { ...among, lines: devices.lines });
  for (let at = 0; at < size; at++) {
    const share = (wired?.shares[at] ?? 1) / unit;
    const spread = sigmas[at]! * share;
    mean[at] = conductances[at]! * share;
    sigma[at] = spread;
    variance[at] = spread ** 2;
    fourth[at] = spread ** 4;
  }
  const clipped = devices.model.noiseLaw === "gaussian" ? clip({ mean, sigma, variance }) : undefined;
  const circuit = clipped ? undefined : wired?.circuit;
  return { rows: area.rows, cols: area.cols, mean, sigma, variance, fourth, clipped, circuit, validUntil };
}
