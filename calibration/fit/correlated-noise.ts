import { type Seconds, seconds } from "#protocol";
import type { OuProcesses } from "../device-models/ornstein-uhlenbeck.ts";
import { foldedFrequency, foldedWidth, type MainsPickup, mainsPickup } from "./mains-pickup.ts";
import { welch } from "./spectrum.ts";
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

/** Below four periods in the recording the trend has taken noise away. */
const leastPeriods = 4;
/** Processes slower than a 16th of the recording look alike at four periods in it, and only their ratio σ²/τ shows. */
const slowestShare = 16;
const rounds = 500;

/**
 * Noise model of a series of timed reads of one cell: octave-spaced Ornstein–Uhlenbeck processes, white noise, and mains
 * hum near `mains` Hz (default 60; 0 looks for none).
 *
 * A cubic trend is taken off. Variances of the processes τ_k = Δ/2 · 2^k ≤ T/16 and of the white part maximise Whittle's
 * likelihood of the whole recording's spectrum P against S(f) = Σ σ_k² L_k(f) + 2Δ σ_w², L_k the spectrum of process k sampled every Δ;
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
  const octaves = Math.floor(Math.log2((times.at(-1)! - times[0]!) / slowestShare / (interval / 2))) + 1;
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

/** Spectrum at the frequencies that count, and there the sampled spectrum of each process and of white noise. */
function likelihoodParts(
  residuals: Float64Array,
  model: { interval: Seconds; taus: Float64Array; pickup: MainsPickup | undefined },
): { power: Float64Array; shapes: Float64Array[] } {
  const { interval, taus, pickup } = model;
  const { step, density } = welch(residuals, { interval, segment: residuals.length });
  const least = leastPeriods / (residuals.length * interval);
  const folded = pickup && foldedFrequency(pickup.frequency, interval);
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
  const [inverse, excess] = [new Float64Array(power.length), new Float64Array(power.length)];
  for (let round = 0; round < rounds; round++) {
    inverse.fill(0);
    shapes.forEach((shape, k) => {
      const variance = variances[k]!;
      for (let i = 0; i < inverse.length; i++) inverse[i]! += variance * shape[i]!;
    });
    for (let i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / inverse[i]!;
      excess[i] = power[i]! * inverse[i]! ** 2;
    }
    shapes.forEach((shape, k) => {
      let [up, down] = [0, 0];
      for (let i = 0; i < inverse.length; i++) {
        up += shape[i]! * excess[i]!;
        down += shape[i]! * inverse[i]!;
      }
      variances[k]! *= Math.sqrt(up / down);
    });
  }
  return variances;
}
