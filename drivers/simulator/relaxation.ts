import { type DeviceModel, fillNormals, streams } from "#calibration";
import { type Seconds, seconds, siemens } from "#protocol";
import type { TileCells } from "./cells.ts";
import type { Devices } from "./devices.ts";
import { moveSlowNoise } from "./slow-noise.ts";

/** Brings the cells `order` of a tile up to `now`: relaxation of these, correlated noise of the whole tile. */
export function bringUp(cells: TileCells, order: Uint32Array, now: Seconds, devices: Devices): void {
  if (cells.noise) moveSlowNoise(cells.noise, now, { tile: cells.tile, seed: devices.seed });
  relaxCells(cells, order, now, devices);
}

/**
 * Lets the cells `order` of a tile relax until `now`: each takes its step of the random walk in ln t since it was last
 * looked at, and keeps what it has gathered. The numbers of the tile's n-th look are found at (seed, tile, n).
 */
function relaxCells(cells: TileCells, order: Uint32Array, now: Seconds, devices: Devices): void {
  const { relaxation } = devices.model;
  if (relaxation === undefined) return;
  const normals = new Float32Array(order.length);
  fillNormals(normals, devices.seed, streams.relaxation, cells.tile, cells.looks.count++);
  order.forEach((cell, at) => {
    const start = cells.programmedAt[cell]!;
    const from = seconds(Math.max(relaxation.start, cells.relaxedTo[cell]! - start));
    const to = seconds(now - start);
    if (to <= from) return;
    const { shift, sigma } = relaxation.step(siemens(cells.programmed[cell]!), { from, to });
    cells.relaxed[cell]! += shift + sigma * normals[at]!;
    cells.relaxedTo[cell] = now;
  });
}

/** Change, in parts of the window's upper edge, below which relaxation is not looked at anew. */
export const relaxationTolerance = 2 ** -10;
const trial = 0.01;
const places = 9;

/**
 * When cells of which the youngest has `age` may have relaxed by the tolerance, as one standard deviation: variance goes
 * as ln t, so the time until then is age · trial · (tolerance / σ of a trial step)², least over the window.
 */
export function relaxedBy({ relaxation, window }: DeviceModel, age: Seconds): number {
  if (relaxation === undefined) return Number.POSITIVE_INFINITY;
  const from = seconds(Math.max(age, relaxation.start));
  const to = seconds(from * (1 + trial));
  let largest = 0;
  for (let i = 0; i < places; i++) {
    const g = siemens(window.min + ((window.max - window.min) * i) / (places - 1));
    const { shift, sigma } = relaxation.step(g, { from, to });
    largest = Math.max(largest, Math.abs(shift), sigma);
  }
  const tolerance = relaxationTolerance * window.max;
  return largest === 0 ? Number.POSITIVE_INFINITY : from * trial * (tolerance / largest) ** 2;
}
