import { seconds } from "#protocol";
import { startOu, stepOu } from "../device-models/ornstein-uhlenbeck.ts";
import { fillNormals, streams } from "../random.ts";
import type { CorrelatedNoiseFit } from "./correlated-noise.ts";
import { spectrumSlope, welch } from "./spectrum.ts";
import { allanDeviation, autocorrelation } from "./stability.ts";
import { meanInterval, type TimedReads, withoutTrend } from "./timed-reads.ts";

/** What is compared: lags and counts in reads, the slope's band in Hz, Welch segments in reads. */
export interface NoiseFigures {
  readonly lags: readonly number[];
  readonly averaged: readonly number[];
  readonly slope: { readonly from: number; readonly to: number; readonly segment: number };
}
export interface FigureInBand {
  readonly figure: string;
  readonly recorded: number;
  /** The model's own 0.5 % and 99.5 % quantiles. */
  readonly low: number;
  readonly high: number;
}

/**
 * Figures of timed reads without their cubic trend: the autocorrelations, the Allan deviations relative to the mean and
 * the spectrum's slope, in this order.
 */
export function figuresOf(reads: TimedReads, { lags, averaged, slope }: NoiseFigures): Float64Array {
  const residuals = withoutTrend(reads);
  const mean = reads.values.reduce((sum, value) => sum + value, 0) / reads.values.length;
  const interval = seconds(meanInterval(reads.times));
  return Float64Array.of(
    ...autocorrelation(residuals, lags),
    ...allanDeviation(residuals, averaged).map((deviation) => deviation / mean),
    spectrumSlope(welch(residuals, { interval, segment: slope.segment }), slope),
  );
}

/**
 * Reads of `traces` cells at `times` that follow the model, exactly for any spacing: traces × reads, of mean 1.
 * The same seed gives the same traces.
 */
export function simulatedReads(
  { processes, white, pickup }: CorrelatedNoiseFit,
  times: Float64Array,
  { traces, seed }: { traces: number; seed: number },
): Float64Array {
  const reads = times.length;
  const values = new Float64Array(traces * reads);
  const [device, hum] = [
    { seed, stream: streams.flicker },
    { seed, stream: streams.pickup },
  ];
  const quadratures = {
    taus: Float64Array.of(pickup?.tau ?? 1),
    sigmas: Float64Array.of(pickup?.sigma ?? 0),
  };
  const noise = startOu(processes, traces, device);
  const wander = startOu(quadratures, 2 * traces, hum);
  const fresh = new Float32Array(traces);
  for (let i = 0; i < reads; i++) {
    if (i > 0) {
      const span = seconds(times[i]! - times[i - 1]!);
      stepOu(noise, processes, { ...device, step: i, span });
      stepOu(wander, quadratures, { ...hum, step: i, span });
    }
    fillNormals(fresh, seed, streams.cellReads, i);
    const phase = 2 * Math.PI * (pickup?.frequency ?? 0) * times[i]!;
    const [cos, sin] = [Math.cos(phase), Math.sin(phase)];
    for (let k = 0; k < traces; k++)
      values[k * reads + i] =
        1 + noise.values[k]! + white * fresh[k]! + wander.values[k]! * cos + wander.values[traces + k]! * sin;
  }
  return values;
}

/**
 * Recorded figures beside the bands that the model itself spans at the same times (parametric bootstrap): a model that
 * explains the recording has each inside its band with probability 0.99. Deterministic from `seed`.
 */
export function compareFigures(
  fit: CorrelatedNoiseFit,
  reads: TimedReads,
  options: { figures: NoiseFigures; traces?: number; seed?: number },
): FigureInBand[] {
  const { figures, traces = 400, seed = 1 } = options;
  const { times } = reads;
  const simulated = simulatedReads(fit, times, { traces, seed });
  const spread = Array.from({ length: traces }, (_, k) =>
    figuresOf({ times, values: simulated.subarray(k * times.length, (k + 1) * times.length) }, figures),
  );
  const names = [
    ...figures.lags.map((lag) => `autocorrelation ${lag} reads apart`),
    ...figures.averaged.map((m) => `Allan deviation of ${m} reads`),
    "slope of the spectrum",
  ];
  return Array.from(figuresOf(reads, figures), (recorded, at) => {
    const sorted = Float64Array.from(spread, (figure) => figure[at]!).sort();
    const quantile = (share: number): number => sorted[Math.floor(share * (traces - 1))]!;
    return { figure: names[at]!, recorded, low: quantile(0.005), high: quantile(0.995) };
  });
}
