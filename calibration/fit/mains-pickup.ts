import { meanInterval, type TimedReads } from "./timed-reads.ts";

/**
 * Mains hum in timed reads: A (c(t) cos 2πft + s(t) sin 2πft), c and s independent OU processes of variance 1 that let
 * amplitude and phase wander. An instrument's, not the device's.
 */
export interface MainsPickup {
  /** In Hz, as it is, however slowly it was sampled. */
  readonly frequency: number;
  /** Root mean square A, in the unit of the reads. */
  readonly sigma: number;
  /** Correlation time of c and s, in s. */
  readonly tau: number;
}

/** Hz on either side of the nominal frequency that a grid may be off by. */
const tolerance = 0.1;
/** Peak power over its mean for white noise at which chance gives way: e^−25 a frequency tried. */
const significant = 25;
const lags = 16;
/** Hz about the frequency that hum is folded to over which irregular reads smear it. */
export const foldedWidth = 1;

/** Frequency at which reads every `interval` seconds on average show a wave of `frequency` Hz. */
export const foldedFrequency = (frequency: number, interval: number): number =>
  Math.abs(frequency - Math.round(frequency * interval) / interval);

/** Σ x_i e^(−2πi f t_i) over reads `from` … `to`. */
function demodulated(
  { times, values }: TimedReads,
  f: number,
  from = 0,
  to = values.length,
): readonly [number, number] {
  let [re, im] = [0, 0];
  for (let i = from; i < to; i++) {
    const phase = 2 * Math.PI * f * times[i]!;
    re += values[i]! * Math.cos(phase);
    im -= values[i]! * Math.sin(phase);
  }
  return [re, im];
}

/**
 * Mains hum near `nominal` Hz in mean-zero reads, or undefined where none stands out. Reads that come irregularly, as a
 * host's do, tell the frequency itself, although they are far too slow for it. Hum that folds to below 1 Hz cannot be
 * told from slow noise and is not looked for.
 *
 * The frequency is where the power |Σ x e^(−2πift)|² is greatest within ± 0.1 Hz. Amplitude and correlation time come
 * from the products of neighbouring one-second averages of x e^(−2πift), whose mean is ½A² e^(−lag/τ) at 1 … 16 s, by
 * a straight line through its logarithm; noise that is independent over a second does not enter.
 */
export function mainsPickup(residuals: TimedReads, nominal: number): MainsPickup | undefined {
  const { times, values } = residuals;
  if (foldedFrequency(nominal, meanInterval(times)) < foldedWidth) return undefined;
  const span = times.at(-1)! - times[0]!;
  const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
  let [frequency, highest] = [nominal, 0];
  for (let f = nominal - tolerance; f <= nominal + tolerance; f += 1 / (4 * span)) {
    const [re, im] = demodulated(residuals, f);
    const power = (re ** 2 + im ** 2) / (values.length * variance);
    if (power > highest) [frequency, highest] = [f, power];
  }
  if (highest < significant) return undefined;
  return { frequency, ...wandering(residuals, frequency) };
}

function wandering(residuals: TimedReads, frequency: number): { sigma: number; tau: number } {
  const { times, values } = residuals;
  const interval = meanInterval(times);
  const group = Math.max(1, Math.round(1 / interval));
  const averages: (readonly [number, number])[] = [];
  for (let at = 0; at + group <= values.length; at += group)
    averages.push(demodulated(residuals, frequency, at, at + group));
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (let lag = 1; lag <= lags; lag++) {
    const product = meanProduct(averages, lag) / group ** 2;
    const seconds = lag * group * interval;
    n++;
    x += seconds;
    y += Math.log(2 * product);
    xx += seconds ** 2;
    xy += seconds * Math.log(2 * product);
  }
  const slope = (n * xy - x * y) / (n * xx - x * x);
  return { sigma: Math.exp((y - slope * x) / n / 2), tau: -1 / slope };
}

/** |mean of z_j z*_(j+lag)|. */
function meanProduct(z: readonly (readonly [number, number])[], lag: number): number {
  let [re, im] = [0, 0];
  for (let j = lag; j < z.length; j++) {
    const [[a, b], [c, d]] = [z[j - lag]!, z[j]!];
    re += a * c + b * d;
    im += b * c - a * d;
  }
  return Math.hypot(re, im) / (z.length - lag);
}
