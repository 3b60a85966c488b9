/** γ(lag) of a series about its mean, divided by n: the estimate whose spectrum is never negative. */
function autocovariance(centred: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < centred.length; i++) sum += centred[i]! * centred[i - lag]!;
  return sum / centred.length;
}

function centre(values: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(values);
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
  return out.map((value) => value - mean);
}

/**
 * How many independent samples the mean of a series of correlated ones is worth, n / τ.
 *
 * τ = −1 + 2 Σ Γₜ/γ₀ with Γₜ = γ₂ₜ + γ₂ₜ₊₁, summed while positive and forced to fall: Geyer's initial monotone sequence
 * (Practical Markov chain Monte Carlo, Statistical Science 7, 1992, §3.3). τ is at least 1/log₁₀ n, as in Stan, so that a
 * lucky alternating series does not count for infinitely many. A constant series counts n (ArviZ's convention): its mean is
 * known. Estimates from few samples scatter: for n independent values the relative spread is about √(2/n) and more.
 */
export function effectiveSamples(values: ArrayLike<number>): number {
  const n = values.length;
  if (n < 4) return n;
  const centred = centre(values);
  const variance = autocovariance(centred, 0);
  if (!(variance > 0)) return Number.isNaN(variance) ? Number.NaN : n;
  let [sum, smallest] = [0, Number.POSITIVE_INFINITY];
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = (autocovariance(centred, lag) + autocovariance(centred, lag + 1)) / variance;
    if (pair <= 0) break;
    smallest = Math.min(smallest, pair);
    sum += smallest;
  }
  return n / Math.max(2 * sum - 1, 1 / Math.log10(n));
}

/**
 * Split-R̂: √(((h − 1)/h · W + B/h) / W) over the two halves of length h of one series, W the mean variance within and B/h the
 * variance between their means. Near 1 when the series does not wander; above 1.01 it does. Gelman et al., BDA3, eq. 11.4.
 * NaN for fewer than four values or a constant series.
 */
export function splitRhat(values: ArrayLike<number>): number {
  const half = Math.floor(values.length / 2);
  const all = Float64Array.from(values);
  const halves = [all.subarray(0, half), all.subarray(all.length - half)].map((part) => {
    const mean = part.reduce((sum, value) => sum + value, 0) / half;
    return { mean, variance: part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (half - 1) };
  });
  const [a, b] = halves as [(typeof halves)[0], (typeof halves)[0]];
  const within = (a.variance + b.variance) / 2;
  const between = (a.mean - b.mean) ** 2 / 2;
  return Math.sqrt((((half - 1) / half) * within + between) / within);
}
