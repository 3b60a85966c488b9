import { type Seconds, seconds } from "#protocol";
import type { OuProcesses } from "../device-models/ornstein-uhlenbeck.ts";
import { type MainsPickup, mainsPickup } from "./mains-pickup.ts";
import { periodogram } from "./spectrum.ts";
import { checkReads, meanInterval, type TimedReads, withoutTrend } from "./timed-reads.ts";

/** Noise of one cell, every amplitude relative to its mean value. */
export interface CorrelatedNoiseFit {
  /** Mean of the reads, in their unit. */
  readonly mean: number;
  /** 1/f noise of the device, as `startOu` and `stepOu` take it. */
  readonly processes: OuProcesses;
  /** Standard deviation of what is new in every read, of device and instrument together. */
  readonly white: number;
  /** Mains hum of the instrument, where any stands out. */
  readonly pickup: MainsPickup | undefined;
}

/** Frequencies this close to where mains hum is folded to are left out of the fit, in Hz. */
const foldedWidth = 1;
/** Below four periods in the recording the trend has taken noise away. */
const leastPeriods = 4;
const rounds = 500;

/**
 * Noise model of a series of timed reads of one cell: octave-spaced Ornstein–Uhlenbeck processes, white noise, and mains
 * hum near `mains` Hz (default 60; 0 looks for none).
 *
 * A cubic trend is taken off. Variances of the processes τ_k = Δ/2 · 2^k ≤ T/4 and of the white part maximise Whittle's
 * likelihood of the periodogram P against S(f) = Σ σ_k² L_k(f) + 2Δ σ_w², L_k the spectrum of process k sampled every Δ;
 * by multiplicative steps that keep all of them ≥ 0 (Févotte & Idier, Neural Comput. 23, 2421 (2011), Itakura–Saito):
 *
 *   L_k = 2Δ (1 − a²) / (1 − 2a cos 2πfΔ + a²)      a = e^(−Δ/τ_k)      σ_k² ← σ_k² √(Σ L_k P/S² / Σ L_k/S)
 *
 * Reads may come irregularly by a few per cent of Δ, their mean span. At least 256 reads. Errors: OUT_OF_MODEL.
 */
export function fitCorrelatedNoise(reads: TimedReads, { mains = 60 } = {}): CorrelatedNoiseFit {
  checkReads(reads, 256);
  const { times, values } = reads;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const residuals = withoutTrend(reads).map((value) => value / mean);
  const pickup = mains ? mainsPickup({ times, values: residuals }, mains) : undefined;
  const interval = seconds(meanInterval(times));
  const octaves = Math.floor(Math.log2((times.at(-1)! - times[0]!) / 2 / interval)) + 1;
  const taus = Float64Array.from({ length: octaves }, (_, k) => interval * 2 ** (k - 1));
  const { power, shapes } = likelihoodParts(residuals, { interval, taus, pickup });
  const variances = whittle(power, shapes);
  return {
    mean,
    processes: { taus, sigmas: variances.subarray(0, octaves).map(Math.sqrt) },
    white: Math.sqrt(variances[octaves]!),
    pickup,
  };
}

/** Periodogram at the frequencies that count, and there the sampled spectrum of each process and of white noise. */
function likelihoodParts(
  residuals: Float64Array,
  model: { interval: Seconds; taus: Float64Array; pickup: MainsPickup | undefined },
): { power: Float64Array; shapes: Float64Array[] } {
  const { interval, taus, pickup } = model;
  const { step, density } = periodogram(residuals, interval);
  const least = leastPeriods / (residuals.length * interval);
  const folded = pickup && Math.abs(pickup.frequency - Math.round(pickup.frequency * interval) / interval);
  const counts = (f: number): boolean =>
    f >= least && (folded === undefined || Math.abs(f - folded) > foldedWidth);
  const bins = Array.from(density.keys()).filter((k) => counts(k * step));
  const shapes = Array.from(taus, (tau) => {
    const a = Math.exp(-interval / tau);
    return Float64Array.from(
      bins,
      (k) => (2 * interval * (1 - a * a)) / (1 - 2 * a * Math.cos(2 * Math.PI * k * step * interval) + a * a),
    );
  });
  shapes.push(new Float64Array(bins.length).fill(2 * interval));
  return { power: Float64Array.from(bins, (k) => density[k]!), shapes };
}

/** Variances ≥ 0 of the shapes that make the power likeliest, from equal shares. */
function whittle(power: Float64Array, shapes: readonly Float64Array[]): Float64Array {
  const white = shapes.at(-1)![0]!;
  const mean = power.reduce((sum, p) => sum + p, 0) / power.length / white;
  const variances = new Float64Array(shapes.length).fill(mean / shapes.length);
  const total = new Float64Array(power.length);
  for (let round = 0; round < rounds; round++) {
    total.fill(0);
    shapes.forEach((shape, k) => {
      for (let i = 0; i < total.length; i++) total[i]! += variances[k]! * shape[i]!;
    });
    shapes.forEach((shape, k) => {
      let [up, down] = [0, 0];
      for (let i = 0; i < total.length; i++) {
        up += (shape[i]! * power[i]!) / total[i]! ** 2;
        down += shape[i]! / total[i]!;
      }
      variances[k]! *= Math.sqrt(up / down);
    });
  }
  return variances;
}
