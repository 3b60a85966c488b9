import { gemm } from "#calibration";
import type { AgedArea } from "./aged-area.ts";

/** Vectors whose moments are worked out together: enough for the matrix product, little enough to hold. */
const batch = 32;

/** Column currents of a batch of input vectors, vector by vector, in codes of the converter. */
export interface Moments {
  readonly first: number;
  readonly mean: Float32Array;
  /** Standard deviations of the two independent parts that the noise is drawn as: a Gaussian and a Laplace one. */
  readonly gaussian: Float32Array;
  readonly laplace: Float32Array;
  /** Devices that the noisiest vote counts for: least over the columns of Σ²/Σ⁴, see `split`. One a vector. */
  readonly effective: Float32Array;
}

export interface Drive {
  readonly area: AgedArea;
  /** vectors × rows DAC codes. */
  readonly inputs: Int16Array;
  readonly vectors: number;
  /** Codes of the converter for one DAC code through one cell at the window's upper edge. */
  readonly scale: number;
  readonly law: "none" | "gaussian" | "laplace";
}

function power(codes: Float32Array, exponent: number): Float32Array {
  return codes.map((code) => code ** exponent);
}

/**
 * Splits a sum of independent Laplace variables of variances σᵢ² into a Gaussian and one Laplace variable that have the
 * sum's mean, variance and kurtosis. With n = (Σσ²)²/Σσ⁴, the number of equal devices that would have this kurtosis,
 *
 *   excess kurtosis = 3/n,      var(Laplace part) = Σσ² / √n,      var(Gaussian part) = Σσ² (1 − 1/√n)
 *
 * Exact for one device (n = 1: all Laplace) and in the limit (n → ∞: all Gaussian); from n = 32 on the distribution
 * functions differ by less than 5e−4 (sixth cumulant 30/n^1.5 instead of 30/n²). Writes n and returns it.
 */
function split(moments: Moments, fourth: Float32Array, at: number): number {
  const sd = moments.gaussian[at]!;
  if (sd === 0) return Number.POSITIVE_INFINITY;
  const n = Math.max(1, sd ** 4 / fourth[at]!);
  const share = 1 / Math.sqrt(n);
  moments.laplace[at] = sd * Math.sqrt(share);
  moments.gaussian[at] = sd * Math.sqrt(1 - share);
  return n;
}

function momentsFrom(first: number, { area, inputs, vectors, scale, law }: Drive): Moments {
  const { rows, cols } = area;
  const count = Math.min(batch, vectors - first);
  const codes = Float32Array.from(inputs.subarray(first * rows, (first + count) * rows));
  const sums = (weights: Float32Array, exponent: number, factor: number): Float32Array => {
    const out = new Float32Array(count * cols);
    gemm(exponent === 1 ? codes : power(codes, exponent), weights, out, count, rows, cols);
    for (let i = 0; i < out.length; i++) out[i]! *= factor;
    return out;
  };
  const mean = sums(area.mean, 1, scale);
  const none = new Float32Array(0);
  const moments: Moments = {
    first,
    mean,
    gaussian: law === "none" ? none : sums(area.variance, 2, scale ** 2).map(Math.sqrt),
    laplace: law === "laplace" ? new Float32Array(count * cols) : none,
    effective: new Float32Array(count).fill(Number.POSITIVE_INFINITY),
  };
  if (law === "laplace") {
    const fourth = sums(area.fourth, 4, scale ** 4);
    for (let at = 0; at < fourth.length; at++) {
      const vector = Math.floor(at / cols);
      moments.effective[vector] = Math.min(moments.effective[vector]!, split(moments, fourth, at));
    }
  }
  return moments;
}

/** Moments of the batch that holds `vector`: worked out once while requests go through the vectors in order. */
export function batchedMoments(drive: Drive): (vector: number) => Moments {
  let held: Moments | undefined;
  return (vector) => {
    const first = vector - (vector % batch);
    if (held?.first !== first) held = momentsFrom(first, drive);
    return held;
  };
}
