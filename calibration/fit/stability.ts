import { MhoError } from "#protocol";

/**
 * Autocorrelation of mean-zero residuals at lags counted in reads.
 *
 *   r(k) = mean(x_i x_(i+k)) / mean(x_i²)      0 ≤ k < n
 */
export function autocorrelation(residuals: Float64Array, lags: readonly number[]): Float64Array {
  const covariance = (lag: number): number => {
    const n = residuals.length - lag;
    if (!(lag >= 0 && n > 0))
      throw new MhoError("OUT_OF_MODEL", { what: "lag", value: lag, range: `0 … ${residuals.length - 1}` });
    let sum = 0;
    for (let i = 0; i < n; i++) sum += residuals[i]! * residuals[i + lag]!;
    return sum / n;
  };
  const variance = covariance(0);
  return Float64Array.from(lags, (lag) => covariance(lag) / variance);
}

/**
 * Allan deviation of reads averaged `m` at a time, non-overlapping: how far two neighbouring averages differ.
 *
 *   σ_A(m) = √(½ · mean((ȳ_(j+1) − ȳ_j)²))
 *
 * For white noise σ/√m; for 1/f noise a floor that more averaging does not lower. Needs two averages: m ≤ n/2.
 * Source: Allan, Proc. IEEE 54, 221 (1966).
 */
export function allanDeviation(values: Float64Array, counts: readonly number[]): Float64Array {
  return Float64Array.from(counts, (m) => {
    const groups = Math.floor(values.length / m);
    if (!(m >= 1 && groups >= 2))
      throw new MhoError("OUT_OF_MODEL", {
        what: "reads averaged",
        value: m,
        range: `1 … ${Math.floor(values.length / 2)}`,
      });
    const average = (group: number): number => {
      let sum = 0;
      for (let i = group * m; i < (group + 1) * m; i++) sum += values[i]!;
      return sum / m;
    };
    let sum = 0;
    for (let group = 1, last = average(0); group < groups; group++) {
      const now = average(group);
      sum += (now - last) ** 2;
      last = now;
    }
    return Math.sqrt(sum / 2 / (groups - 1));
  });
}
