/** Distribution function of the standard normal; |error| < 1.5e-7 (Abramowitz & Stegun 7.1.26). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - poly * Math.exp(-z * z);
  return x >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
}

/** Distribution function of the Laplace density exp(−|x|)/2. */
export const laplaceCdf = (x: number): number => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2);

/** Greatest distance between a sample's distribution function and `cdf`. */
export function ksDistance(sample: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  return sorted.reduce((worst, x, i) => {
    const f = cdf(x);
    return Math.max(worst, f - i / n, (i + 1) / n - f);
  }, 0);
}

/** Greatest distance between the distribution functions of two samples (ties allowed). */
export function ksTwoSample(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  let [i, j, worst] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i]!, y[j]!);
    while (i < x.length && x[i]! <= at) i++;
    while (j < y.length && y[j]! <= at) j++;
    worst = Math.max(worst, Math.abs(i / x.length - j / y.length));
  }
  return worst;
}

/** P(√n·D > `ksCritical`) = 1e-5 for large n, by Kolmogorov's series. */
export const ksCritical = 2.47;

/** Raw moments E[x], E[x²], E[x³], E[x⁴]. */
export function rawMoments(sample: ArrayLike<number>): readonly [number, number, number, number] {
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (let i = 0; i < sample.length; i++) {
    const x = sample[i]!;
    sums[0] += x;
    sums[1] += x * x;
    sums[2] += x ** 3;
    sums[3] += x ** 4;
  }
  return sums.map((sum) => sum / sample.length) as [number, number, number, number];
}

export function meanAndVariance(sample: ArrayLike<number>): {
  mean: number;
  variance: number;
  kurtosis: number;
} {
  const [mean] = rawMoments(sample);
  const [, variance, , fourth] = rawMoments(Array.from(sample, (x) => x - mean));
  return { mean, variance, kurtosis: fourth / variance ** 2 };
}

/** Correlation of a zero-mean sample with itself `lag` later, in standard errors of independent numbers. */
export function lagZ(sample: ArrayLike<number>, lag: number): number {
  const n = sample.length - lag;
  let sum = 0;
  let square = 0;
  for (let i = 0; i < n; i++) sum += sample[i]! * sample[i + lag]!;
  for (let i = 0; i < sample.length; i++) square += sample[i]! ** 2;
  return sum / (square / sample.length) / Math.sqrt(n);
}

/** P(X > z) of the standard normal for z ≥ 1, to 1e-12 of itself: Laplace's continued fraction. */
export function upperTail(z: number): number {
  let below = z;
  for (let k = 200; k >= 1; k--) below = z + k / below;
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / below;
}

/** Least and most events that a Poisson count of this mean has, but for `alarm` of the cases on either side. */
export function poissonBand(mean: number, alarm: number): readonly [least: number, most: number] {
  const logFactorial = (k: number): number =>
    k < 1 ? 0 : k * Math.log(k) - k + Math.log(2 * Math.PI * k) / 2 + 1 / (12 * k) - 1 / (360 * k ** 3);
  const first = Math.max(0, Math.floor(mean - 12 * Math.sqrt(mean) - 20));
  const last = Math.ceil(mean + 12 * Math.sqrt(mean) + 30);
  const terms = Array.from({ length: last - first + 1 }, (_, i) => {
    const k = first + i;
    return Math.exp(k * Math.log(mean) - mean - logFactorial(k));
  });
  const outside = (ordered: readonly number[]): number => {
    let sum = 0;
    return ordered.findIndex((term) => {
      sum += term;
      return sum > alarm;
    });
  };
  return [first + outside(terms), last - outside([...terms].reverse())];
}
