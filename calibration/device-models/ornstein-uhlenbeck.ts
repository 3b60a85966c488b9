import { MhoError, type Seconds } from "#protocol";
import { fillNormals } from "../random.ts";

/** Independent Ornstein–Uhlenbeck processes: correlation time and standard deviation of each, relative to G. */
export interface OuProcesses {
  readonly taus: Float64Array;
  readonly sigmas: Float64Array;
}
/** What a device's 1/f noise adds up to, and the correlation times it spans: frequencies 1/(2π τ). */
export interface FlickerBand {
  /** Standard deviation of the whole, relative to G. */
  readonly sigma: number;
  readonly fastest: Seconds;
  readonly slowest: Seconds;
  /** β of the spectrum 1/f^β. Default 1. */
  readonly slope?: number;
}

const maxOctaves = 48;

/**
 * 1/f noise as processes an octave apart, τ_k = fastest · 2^k up to slowest, whose variances go as τ^(β−1) and add up to
 * σ². For β = 1 all are equal and
 *
 *   S(f) = σ_k² / (ln 2 · f)      between 1/(2π slowest) and 1/(2π fastest), one-sided, relative to G²
 *
 * less what lies outside the band: 16 % two octaves inside its ends, 1.4 % five. Range: 0 ≤ σ ≤ 1, 0 < β < 2, at most 48
 * octaves.
 * Source: sums of Lorentzians, S = Σ 4σ_k²τ_k / (1 + (2πfτ_k)²); van der Ziel, Physica 16, 359 (1950).
 * Published slopes: β = 0.83 for one HfOx cell (0.01 … 1 Hz, reference/physics.md §B6), 1.21 for PCM (Joshi 2020).
 */
export function flickerNoise({ sigma, fastest, slowest, slope = 1 }: FlickerBand): OuProcesses {
  if (!(sigma >= 0 && sigma <= 1))
    throw new MhoError("OUT_OF_MODEL", { what: "relative 1/f noise", value: sigma, range: "0 … 1" });
  if (!(slope > 0 && slope < 2))
    throw new MhoError("OUT_OF_MODEL", {
      what: "slope of 1/f noise",
      value: slope,
      range: "0 … 2, exclusive",
    });
  const octaves = Math.floor(Math.log2(slowest / fastest) + 1e-9) + 1;
  if (!(fastest > 0 && octaves >= 1 && octaves <= maxOctaves))
    throw new MhoError("OUT_OF_MODEL", {
      what: "slowest / fastest time of 1/f noise",
      value: slowest / fastest,
      range: `1 … 2^${maxOctaves - 1}`,
    });
  const taus = Float64Array.from({ length: octaves }, (_, k) => fastest * 2 ** k);
  const weights = taus.map((tau) => (tau / fastest) ** (slope - 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { taus, sigmas: weights.map((weight) => sigma * Math.sqrt(weight / total)) };
}

/** Σ σ_k² exp(−lag/τ_k): covariance, relative to G², of two moments `lag` apart. */
export function ouCovariance({ taus, sigmas }: OuProcesses, lag: Seconds): number {
  return taus.reduce((sum, tau, k) => sum + sigmas[k]! ** 2 * Math.exp(-Math.abs(lag) / tau), 0);
}

/** One-sided spectral density Σ 4σ_k²τ_k / (1 + (2πfτ_k)²) at `frequency` in Hz; its integral over f is Σσ_k². */
export function ouSpectrum({ taus, sigmas }: OuProcesses, frequency: number): number {
  return taus.reduce(
    (sum, tau, k) => sum + (4 * sigmas[k]! ** 2 * tau) / (1 + (2 * Math.PI * frequency * tau) ** 2),
    0,
  );
}

/** Where a step's random numbers are found. */
export interface StepAddress {
  readonly seed: number;
  readonly stream: number;
  /** Number of the step. The start is step 0. */
  readonly step: number;
}
/** Devices are drawn in blocks of 1024; `block` is the first one's number, for whoever holds only part of them. */
export interface BlockAddress extends StepAddress {
  readonly block?: number;
}

/** Correlated noise of many devices at one moment. */
export interface OuState {
  /** Processes × devices, each of variance 1. */
  readonly states: Float64Array;
  /** Relative fluctuation of each device now: G(t) = G · (1 + value). */
  readonly values: Float32Array;
}

const block = 1024;
const normals = new Float32Array(maxOctaves * block);

/** x ← decay · x + spread · z for every process and device, then values = Σ σ_k x_k. */
function advance(
  { states, values }: OuState,
  { sigmas }: OuProcesses,
  at: BlockAddress,
  factors: (k: number) => { decay: number; spread: number },
): void {
  const devices = values.length;
  const weighted = Array.from(sigmas, (sigma, k) => ({ sigma, ...factors(k) }));
  values.fill(0);
  for (let start = 0, number = at.block ?? 0; start < devices; start += block, number++) {
    const count = Math.min(block, devices - start);
    const z = normals.subarray(0, sigmas.length * count);
    fillNormals(z, at.seed, at.stream, at.step, number);
    weighted.forEach(({ sigma, decay, spread }, k) => {
      const from = k * devices + start;
      for (let i = 0; i < count; i++) {
        const x = decay * states[from + i]! + spread * z[k * count + i]!;
        states[from + i] = x;
        values[start + i]! += sigma * x;
      }
    });
  }
}

/** Devices whose noise has gone on for ever: every process drawn from its stationary distribution (step 0). */
export function startOu(processes: OuProcesses, devices: number, at: Omit<BlockAddress, "step">): OuState {
  const state = {
    states: new Float64Array(processes.taus.length * devices),
    values: new Float32Array(devices),
  };
  advance(state, processes, { ...at, step: 0 }, () => ({ decay: 0, spread: 1 }));
  return state;
}

/**
 * Moves all devices on by `span`, exactly for any span:
 *
 *   x(t + Δ) = e^(−Δ/τ) x(t) + √(1 − e^(−2Δ/τ)) z
 *
 * States are f64, so that a span of 1e−12 τ still decays. The same spans and addresses give the same noise again.
 * Source: Gillespie, Phys. Rev. E 54, 2084 (1996). Errors: OUT_OF_MODEL for a negative span.
 */
export function stepOu(state: OuState, processes: OuProcesses, step: BlockAddress & { span: Seconds }): void {
  const { span } = step;
  if (!(span >= 0))
    throw new MhoError("OUT_OF_MODEL", { what: "span between reads", value: span, range: "≥ 0 s" });
  advance(state, processes, step, (k) => {
    const ratio = span / processes.taus[k]!;
    return { decay: Math.exp(-ratio), spread: Math.sqrt(-Math.expm1(-2 * ratio)) };
  });
}
