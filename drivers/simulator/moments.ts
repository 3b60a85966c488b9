import { type NoiseLaw, padded } from "#calibration";
import type { AgedArea } from "./aged-area.ts";
import { codedPanelOf, panelOf } from "./area-panels.ts";
import { type DrivenPlaces, type DrivenRows, drivenPlaces, drivenRows } from "./driven-rows.ts";
import { kernelMemory } from "./kernel-memory.ts";

export type Engine = "auto" | "moment" | "per-device";

/** Below so many effective devices in any column, "auto" sums Laplace noise device by device. */
export const momentDevices = 8;

/**
 * Above this skewness in any column, "auto" sums Gaussian noise with clipped reads device by device: a Gaussian of the
 * sum's mean and variance is then off by more than 0.002, skewness · 0.399 / 6 (Edgeworth).
 */
export const momentSkewness = 0.03;

type Place = (bytes: number) => number;

/** Where some input vectors and the moments of their columns stand in the kernel memory; rows of columns have n8. */
export interface VectorPlaces {
  /** DAC codes, as they are, in rows padded to 8, their squares and fourth powers. */
  readonly codes: number;
  readonly padded: number;
  readonly squares: number;
  readonly fourths: number;
  /** Inputs in codes of the converter, and their powers. */
  readonly x: number;
  readonly power: number;
  readonly higher: number;
  readonly mean: number;
  /** Standard deviations of the Gaussian part and, for Laplace noise, scales of the other part. */
  readonly gaussian: number;
  readonly laplace: number;
  readonly effective: number;
  readonly driven: DrivenPlaces;
}

export function vectorPlaces(
  place: Place,
  { rows, cols, vectors }: { rows: number; cols: number; vectors: number },
): VectorPlaces {
  const [row, line] = [4 * vectors * rows, 4 * vectors * padded(cols)];
  const codes = 2 * vectors * padded(rows) + 16;
  return {
    ...{ codes: place(codes), padded: place(codes), squares: place(codes), fourths: place(codes) },
    ...{ x: place(row), power: place(row), higher: place(row), effective: place(4 * vectors) },
    ...{ mean: place(line), gaussian: place(line), laplace: place(line) },
    driven: drivenPlaces(place, { vectors, k: padded(rows), n8: padded(cols) }),
  };
}

/** What the moments of an area's columns depend on beside the inputs. */
export interface Columns {
  readonly area: AgedArea;
  readonly law: NoiseLaw;
  readonly engine: Engine;
  /** Codes of the converter for one DAC code through one cell at the window's upper edge. */
  readonly scale: number;
  /**
   * Greatest magnitude of the input codes, where moments may come from weights of 16 bits: products of codes take half the
   * time of floats.
   */
  readonly inputHigh?: number | undefined;
  /** Addresses of what each column makes of its current, in codes: gain · current + offset. */
  readonly gain: number;
  readonly offset: number;
}

/** Greatest square of an input in the products of codes: bits enough, and as many left for the variances. */
export const highestSquare = 4095;

/** Puts `vectors` inputs in their places: DAC codes, or numbers that act as such. */
export function placeInputs(codes: Int16Array | Float32Array, { scale }: Columns, at: VectorPlaces): void {
  const { kernels } = kernelMemory;
  const { f32, i16 } = kernelMemory.views;
  if (codes instanceof Int16Array) {
    i16.set(codes, at.codes / 2);
    kernels.widened(at.codes, at.x, codes.length, scale);
    return;
  }
  for (let i = 0, to = at.x / 4; i < codes.length; i++, to++) f32[to] = codes[i]! * scale;
}

/** Address of the input codes in rows padded to 8. */
function paddedCodes({ rows }: AgedArea, at: VectorPlaces, vectors: number): number {
  const k = padded(rows);
  if (rows === k) return at.codes;
  const { i16 } = kernelMemory.views;
  i16.fill(0, at.padded / 2, at.padded / 2 + vectors * k);
  for (let v = 0; v < vectors; v++) {
    const from = at.codes / 2 + v * rows;
    i16.copyWithin(at.padded / 2 + v * k, from, from + rows);
  }
  return at.padded;
}

/**
 * Greatest error of 1/n, the inverse of the number of effective devices, from fourth powers in codes: the distribution is
 * then off by 0.0688 times that, at most 0.0007 (Edgeworth; He₃ φ is at most 0.55, and 3/n the kurtosis).
 */
const kurtosisError = 0.01;

/**
 * Σσ⁴ x⁴ of the columns by products of codes, where squares of inputs are in codes of `unit`. Fourth powers of inputs are off
 * by 1.5 codes: half a code, and as much as half a code does to the square of one. For vectors so weak that this shows, by
 * products of floats.
 */
function codedFourths(
  columns: Columns,
  at: VectorPlaces,
  vectors: number,
  rows: DrivenRows,
  unit: number,
): void {
  const { area } = columns;
  const { kernels } = kernelMemory;
  const n8 = padded(area.cols);
  const fourth = codedPanelOf(area, "fourth", highestSquare);
  const [fourths, sums, floats] = kernelMemory.hold(fourth.panel, fourth.sums, panelOf(area, "fourth"));
  const worth = highestSquare * unit ** 2;
  kernels.squares16(at.squares, at.fourths, vectors * rows.k, 1 / highestSquare);
  kernels.gemm16(at.fourths, rows.panels(fourths!, n8), at.laplace, vectors, rows.k, n8);
  kernels.floated(at.laplace, vectors * n8, fourth.lsb * worth);
  kernels.coarse(at.gaussian, sums!, (1.5 * worth) / kurtosisError, vectors, n8, at.effective);
  const { i32 } = kernelMemory.views;
  for (let v = 0; v < vectors; v++) {
    if (i32[at.effective / 4 + v] === 0) continue;
    const x = at.x + 4 * area.rows * v;
    kernels.multiplied(x, x, at.power, area.rows);
    kernels.multiplied(at.power, at.power, at.higher, area.rows);
    kernels.gemm(at.higher, floats!, at.laplace + 4 * n8 * v, 1, area.rows, n8);
  }
}

/** Means and, where there is noise, higher moments of the columns' currents by products of codes. */
function codedMoments(columns: Columns, at: VectorPlaces, vectors: number, high: number): void {
  const { area, scale, law } = columns;
  const { kernels } = kernelMemory;
  const [k, n8] = [padded(area.rows), padded(area.cols)];
  const rows = drivenRows(kernels, at.driven, { codes: paddedCodes(area, at, vectors), vectors, k });
  const mean = codedPanelOf(area, "mean", high);
  const variance = codedPanelOf(area, "variance", highestSquare);
  const [means, variances] = kernelMemory.hold(mean.panel, variance.panel);
  kernels.gemm16(rows.codes, rows.panels(means!, n8), at.mean, vectors, rows.k, n8);
  kernels.floated(at.mean, vectors * n8, mean.lsb * scale);
  if (law === "none") return;
  const perSquare = Math.min(1, highestSquare / high ** 2);
  kernels.squares16(rows.codes, at.squares, vectors * rows.k, perSquare);
  kernels.gemm16(at.squares, rows.panels(variances!, n8), at.gaussian, vectors, rows.k, n8);
  const unit = scale ** 2 / perSquare;
  kernels.floated(at.gaussian, vectors * n8, variance.lsb * unit);
  if (law === "laplace") codedFourths(columns, at, vectors, rows, unit);
}

/** Greatest |Σκ₃| / (Σσ²)^1.5 over the columns of a vector: third cumulants and variances of `n8` columns from `at`. */
function skewness(f32: Float32Array, third: number, variance: number, n8: number): number {
  let most = 0;
  for (let j = 0; j < n8; j++) {
    const sum = f32[third + j]!;
    if (sum !== 0) most = Math.max(most, Math.abs(sum) / f32[variance + j]! ** 1.5);
  }
  return most;
}

/** Which vectors' sums of clipped reads are too skewed for their moments. Uses the places of the Laplace part. */
function skewed({ area }: Columns, at: VectorPlaces, vectors: number): Uint8Array {
  const { kernels } = kernelMemory;
  const n8 = padded(area.cols);
  kernels.multiplied(at.x, at.x, at.power, vectors * area.rows);
  const [third] = kernelMemory.hold(panelOf(area, "third"));
  kernels.multiplied(at.power, at.x, at.higher, vectors * area.rows);
  kernels.gemm(at.higher, third!, at.laplace, vectors, area.rows, n8);
  const { f32 } = kernelMemory.views;
  return Uint8Array.from({ length: vectors }, (_, v) =>
    skewness(f32, at.laplace / 4 + v * n8, at.gaussian / 4 + v * n8, n8) > momentSkewness ? 1 : 0,
  );
}

/**
 * Works out the moments of the columns for the `vectors` inputs that stand at `at.x`, and says which of them are to be
 * drawn device by device: the rule of docs/simulator.md. The sum of independent Laplace variables is split into a Gaussian
 * and one Laplace variable that keep mean, variance and kurtosis: exact for one device and for very many; between, the
 * distribution functions of n equal devices and of this sum differ by at most 0.0020 at n = 8, 0.0009 at 16, 0.0003 at 32
 * (by their characteristic functions).
 */
export function momentsOf(columns: Columns, at: VectorPlaces, vectors: number): Uint8Array {
  const { area, law, engine, gain, offset } = columns;
  const { kernels } = kernelMemory;
  const { rows } = area;
  const n8 = padded(area.cols);
  if (law !== "none" && engine === "per-device") return new Uint8Array(vectors).fill(1);
  const product = (x: number, panels: Float32Array, out: number): void => {
    const [panel] = kernelMemory.hold(panels);
    kernels.gemm(x, panel!, out, vectors, rows, n8);
  };
  const high = columns.inputHigh;
  if (high !== undefined) codedMoments(columns, at, vectors, high);
  else product(at.x, panelOf(area, "mean"), at.mean);
  if (law === "none") {
    kernels.amplified(at.mean, gain, offset, vectors, n8);
    return new Uint8Array(vectors);
  }
  if (high === undefined) {
    kernels.multiplied(at.x, at.x, at.power, vectors * rows);
    product(at.power, panelOf(area, "variance"), at.gaussian);
    if (law === "laplace") {
      kernels.multiplied(at.power, at.power, at.higher, vectors * rows);
      product(at.higher, panelOf(area, "fourth"), at.laplace);
    }
  }
  const single = engine === "auto" && area.clipped ? skewed(columns, at, vectors) : new Uint8Array(vectors);
  const fourth = law === "laplace" ? at.laplace : 0;
  kernels.columnMoments(at.mean, at.gaussian, fourth, gain, offset, at.effective, vectors, n8);
  const { f32 } = kernelMemory.views;
  if (fourth !== 0 && engine === "auto")
    for (let v = 0; v < vectors; v++) if (f32[at.effective / 4 + v]! < momentDevices) single[v] = 1;
  return single;
}
