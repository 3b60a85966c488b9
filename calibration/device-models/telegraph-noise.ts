import { MhoError, type Seconds } from "#protocol";
import { type RandomStream, randomStream } from "../random.ts";
import type { StepAddress } from "./ornstein-uhlenbeck.ts";

/** Random telegraph noise of a population of devices; all numbers are the caller's, no source gives a full set. */
export interface TelegraphLaw {
  /** Share of devices that have a trap; at most one each. */
  readonly share: number;
  /** Median over traps of the relative step ΔG/G, and σ of its logarithm. */
  readonly amplitude: number;
  readonly spread: number;
  /** Mean capture and emission times, each log-uniform between these. */
  readonly fastest: Seconds;
  readonly slowest: Seconds;
}

/** Traps sorted by the faster of their two rates into octaves, so that rare flips can be found by jumping. */
export interface Traps {
  /** Device of each trap. */
  readonly device: Uint32Array;
  /** Relative step of the conductance, ΔG/G > 0: lower by it while a carrier is captured. */
  readonly amplitude: Float64Array;
  /** 1 / mean time to capture and to emission, per second. */
  readonly captureRate: Float64Array;
  readonly emissionRate: Float64Array;
  /** 1 while captured. */
  readonly captured: Uint8Array;
  /** First trap of each octave of rates, and the highest rate in it; ends with the count of traps. */
  readonly octaves: readonly { readonly first: number; readonly end: number; readonly rate: number }[];
}

/**
 * Traps of `devices` devices, at equilibrium.
 *
 *   ln(ΔG/G) ~ N(ln amplitude, spread²)      ln τ_c, ln τ_e ~ U(ln fastest, ln slowest)      P(captured) = τ_e / (τ_c + τ_e)
 *
 * Range: 0 ≤ share ≤ 1, 0 ≤ amplitude ≤ 0.5, 0 ≤ spread ≤ 2, 0 < fastest ≤ slowest. Source: log-normal amplitudes and
 * two levels, reference/physics.md §B6; log-uniform times are the standard assumption of 1/f noise as a sum of traps.
 */
export function drawTraps(law: TelegraphLaw, devices: number, at: { seed: number; stream: number }): Traps {
  checkLaw(law);
  const random = randomStream(at.seed, at.stream);
  const time = (): number => law.fastest * (law.slowest / law.fastest) ** random.uniform();
  const drawn: { device: number; amplitude: number; capture: number; emission: number; captured: boolean }[] =
    [];
  for (let device = 0; device < devices; device++) {
    if (random.uniform() >= law.share) continue;
    const amplitude = Math.min(1, law.amplitude * Math.exp(law.spread * random.normal()));
    const [capture, emission] = [1 / time(), 1 / time()];
    const captured = random.uniform() < capture / (capture + emission);
    drawn.push({ device, amplitude, capture, emission, captured });
  }
  return trapsOf(drawn);
}

function checkLaw({ share, amplitude, spread, fastest, slowest }: TelegraphLaw): void {
  const inside = (what: string, value: number, max: number): void => {
    if (!(value >= 0 && value <= max))
      throw new MhoError("OUT_OF_MODEL", { what, value, range: `0 … ${max}` });
  };
  inside("share of devices with a trap", share, 1);
  inside("median step of telegraph noise", amplitude, 0.5);
  inside("spread of ln step", spread, 2);
  if (!(fastest > 0 && slowest >= fastest))
    throw new MhoError("OUT_OF_MODEL", {
      what: "slowest time of telegraph noise",
      value: slowest,
      range: `≥ ${fastest} s > 0 s`,
    });
}

/** The traps of a list, sorted into octaves of their faster rate (per second). */
export function trapsOf(
  list: readonly {
    device: number;
    amplitude: number;
    capture: number;
    emission: number;
    captured: boolean;
  }[],
): Traps {
  const octave = (trap: { capture: number; emission: number }): number =>
    Math.ceil(Math.log2(Math.max(trap.capture, trap.emission)));
  const sorted = [...list].sort((a, b) => octave(a) - octave(b) || a.device - b.device);
  const octaves: { first: number; end: number; rate: number }[] = [];
  sorted.forEach((trap, i) => {
    const rate = 2 ** octave(trap);
    const last = octaves.at(-1);
    if (last?.rate === rate) last.end = i + 1;
    else octaves.push({ first: i, end: i + 1, rate });
  });
  return {
    device: Uint32Array.from(sorted, (trap) => trap.device),
    amplitude: Float64Array.from(sorted, (trap) => trap.amplitude),
    captureRate: Float64Array.from(sorted, (trap) => trap.capture),
    emissionRate: Float64Array.from(sorted, (trap) => trap.emission),
    captured: Uint8Array.from(sorted, (trap) => (trap.captured ? 1 : 0)),
    octaves,
  };
}

/**
 * Probability that a trap is in its other state a time `span` later, flips back and forth within the span included:
 *
 *   P = a/(a + b) · (1 − e^(−(a + b) Δ))      a = rate of leaving the present state, b = of coming back, 1/s
 *
 * Exact for a two-state Markov process and any Δ ≥ 0.
 */
export function flipProbability(leaving: number, back: number, span: Seconds): number {
  const sum = leaving + back;
  return sum === 0 ? 0 : (leaving / sum) * -Math.expm1(-sum * span);
}

/** Below this greatest flip probability of an octave, jumping to the next candidate beats looking at every trap. */
const jumpBelow = 0.025;

/**
 * Moves all traps on by `span` and tells each that changed, by its index. Octaves whose traps rarely flip are jumped
 * through: with B = 1 − e^(−R Δ), R the octave's rate, candidates lie geometric gaps apart and candidate i flips with
 * probability P_i / B ≤ 1, which is the same as asking each with P_i. `way` forces one of the two; both are exact but
 * use different random numbers. Chance is addressed by (seed, stream, step, octave).
 * Source: thinning, reference/kernels.md §5. Errors: OUT_OF_MODEL for a negative span.
 */
export function stepTraps(
  traps: Traps,
  step: StepAddress & { span: Seconds; way?: "dense" | "jumping" },
  onFlip?: (trap: number) => void,
): void {
  const { span, seed, stream, way } = step;
  if (!(span >= 0))
    throw new MhoError("OUT_OF_MODEL", { what: "span between reads", value: span, range: "≥ 0 s" });
  if (span === 0) return;
  traps.octaves.forEach((octave) => {
    const random = randomStream(seed, stream, step.step, (Math.log2(octave.rate) + 1024) >>> 0);
    const bound = -Math.expm1(-octave.rate * span);
    const jumps = way ? way === "jumping" : bound < jumpBelow;
    const gap = jumps ? exponentialGap(random, octave.rate * span) : () => 0;
    const least = jumps ? bound : 1;
    for (let i = octave.first + gap(); i < octave.end; i += 1 + gap()) {
      const held = traps.captured[i]!;
      const [up, down] = [traps.captureRate[i]!, traps.emissionRate[i]!];
      const flips = held ? flipProbability(down, up, span) : flipProbability(up, down, span);
      if (random.uniform() * least >= flips) continue;
      traps.captured[i] = 1 - held;
      onFlip?.(i);
    }
  });
}

/** Gaps of a Bernoulli sequence with probability 1 − e^(−mean): the whole part of an exponential. */
const exponentialGap = (random: RandomStream, mean: number) => (): number =>
  Math.floor(-Math.log(1 - random.uniform()) / mean);

/**
 * Adds to `values` (one a device) what its trap does now, relative to G and with mean 0 over time:
 *
 *   ΔG/G · (P(captured) − [captured])
 */
export function addTraps(traps: Traps, values: Float32Array): void {
  const { device, amplitude, captureRate, emissionRate, captured } = traps;
  for (let i = 0; i < device.length; i++) {
    const occupied = captureRate[i]! / (captureRate[i]! + emissionRate[i]!);
    values[device[i]!]! += amplitude[i]! * (occupied - captured[i]!);
  }
}
