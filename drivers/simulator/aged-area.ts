import { clipsBelow, type LineResistance, rectifiedNormal } from "#calibration";
import { type Area, type Seconds, seconds } from "#protocol";
import { cellsOf, stateOf, type TileCells } from "./cells.ts";
import type { Devices } from "./devices.ts";
import { effectiveConductances } from "./lines.ts";
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
  /** Until then no cell has drifted by `driftTolerance` of its conductance or relaxed by `relaxationTolerance`. */
  readonly validUntil: number;
}

export interface Clipped {
  /** Mean of each cell before its reads are held at 0 S. */
  readonly mean: Float32Array;
  /** Third cumulant of one read. */
  readonly third: Float32Array;
}

/** Relative change of a conductance below which its drift is not worked out anew: half a code of a 12-bit converter. */
export const driftTolerance = 2 ** -12;

/** When a power law with exponent ν has changed a cell by the tolerance: age · (exp(tolerance / ν) − 1) from now. */
function driftedBy(cells: TileCells, i: number, now: number, start: number): number {
  const age = Math.max(now - cells.programmedAt[i]!, start);
  return cells.programmedAt[i]! + age * Math.exp(driftTolerance / cells.nu[i]!);
}

/**
 * Share of each device's current that the resistance of the lines leaves, T / G. Its noise is left the same share: exact
 * for a row driven alone; with all rows driven it is too large by about the share of the current that is lost, because
 * T knows the rise of the bit line that a row makes, not the one it finds.
 */
function attenuation(
  conductances: Float64Array,
  area: Area,
  { rows: tileRows }: TileCells,
  lines: LineResistance,
): Float64Array {
  const effective = effectiveConductances(conductances, area, { lines, tileRows });
  return effective.map((t, at) => (conductances[at]! > 0 ? t / conductances[at]! : 0));
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
  const scale = 1 / devices.model.window.max;
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
  const reaching = devices.lines && attenuation(conductances, area, cells, devices.lines);
  for (let at = 0; at < size; at++) {
    const share = (reaching?.[at] ?? 1) * scale;
    const spread = sigmas[at]! * share;
    mean[at] = conductances[at]! * share;
    sigma[at] = spread;
    variance[at] = spread ** 2;
    fourth[at] = spread ** 4;
  }
  const clipped = devices.model.noiseLaw === "gaussian" ? clip({ mean, sigma, variance }) : undefined;
  return { rows: area.rows, cols: area.cols, mean, sigma, variance, fourth, clipped, validUntil };
}
