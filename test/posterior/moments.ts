/** Mean and unbiased variance of each output over samples: samples × outputs. */
export function momentsOf(
  values: ArrayLike<number>,
  outputs: number,
): { mean: number[]; variance: number[] } {
  const samples = values.length / outputs;
  const mean = Array.from({ length: outputs }, (_, j) => {
    let sum = 0;
    for (let s = 0; s < samples; s++) sum += values[s * outputs + j]!;
    return sum / samples;
  });
  const variance = mean.map((m, j) => {
    let sum = 0;
    for (let s = 0; s < samples; s++) sum += (values[s * outputs + j]! - m) ** 2;
    return sum / (samples - 1);
  });
  return { mean, variance };
}

/**
 * z of a Gaussian sample's mean and variance against what they should be: (m − µ)/√(V/S) and (v/V − 1)/√(2/(S − 1)).
 */
export function zScores(
  found: { mean: number[]; variance: number[] },
  wanted: { mean: number[]; variance: number[] },
  samples: number,
): { mean: number[]; variance: number[] } {
  return {
    mean: found.mean.map((m, j) => (m - wanted.mean[j]!) / Math.sqrt(wanted.variance[j]! / samples)),
    variance: found.variance.map((v, j) => (v / wanted.variance[j]! - 1) / Math.sqrt(2 / (samples - 1))),
  };
}

export const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
