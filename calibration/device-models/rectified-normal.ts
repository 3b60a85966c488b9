import { MhoError } from "#protocol";

/** From so many standard deviations above 0, a read is never clipped (2.9e-7): the moments stay the Gaussian's. */
export const clipsBelow = 5;

const density = (a: number): number => Math.exp(-0.5 * a * a) / Math.sqrt(2 * Math.PI);

/** Φ(a) by Marsaglia's series, ½ + φ(a) (a + a³/3 + a⁵/15 + …), to 1e-15 for |a| ≤ 7. */
function cumulative(a: number): number {
  let [term, sum] = [a, a];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 400; k += 2) {
    term *= (a * a) / k;
    sum += term;
  }
  return 0.5 + density(a) * sum;
}

/**
 * Mean, variance and third cumulant of max(0, X), X normal with `mean` ≥ 0 and standard deviation `sigma` > 0:
 * a conductance whose read noise cannot take it below 0. With a = mean / sigma, in units of sigma,
 *
 *   m₁ = a Φ(a) + φ(a)      m₂ = (a² + 1) Φ(a) + a φ(a)      m₃ = (a³ + 3a) Φ(a) + (a² + 2) φ(a)
 *   variance = m₂ − m₁²      κ₃ = m₃ − 3 m₁ m₂ + 2 m₁³
 *
 * Range: 0 ≤ a ≤ 7. Source: partial moments of the normal distribution, by integration.
 */
export function rectifiedNormal(
  mean: number,
  sigma: number,
): { readonly mean: number; readonly variance: number; readonly third: number } {
  const a = mean / sigma;
  if (!(a >= 0 && a <= 7))
    throw new MhoError("OUT_OF_MODEL", { what: "mean / sigma of a clipped read", value: a, range: "0 … 7" });
  const [p, d] = [cumulative(a), density(a)];
  const first = a * p + d;
  const second = (a * a + 1) * p + a * d;
  const thirdRaw = (a ** 3 + 3 * a) * p + (a * a + 2) * d;
  return {
    mean: sigma * first,
    variance: sigma ** 2 * (second - first ** 2),
    third: sigma ** 3 * (thirdRaw - 3 * first * second + 2 * first ** 3),
  };
}
