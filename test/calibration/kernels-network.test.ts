import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import { type CrossbarLayer, networkForward } from "../../calibration/kernels/network.ts";
import { direct, pool } from "../../calibration/kernels/pool.ts";

const chance = randomStream(11, 12);
const normal = (length: number, scale: number): Float32Array =>
  Float32Array.from({ length }, () => scale * chance.normal());

function layer(rows: number, cols: number, perInput: number): CrossbarLayer {
  return {
    ...{
      rows,
      cols,
      mean: normal(rows * cols, perInput),
      sigma: normal(rows * cols, perInput).map(Math.abs),
    },
    ...{ gain: 0.9, bias: normal(cols, 5), low: -128, high: 127 },
  };
}
const plan = {
  layers: [layer(20, 13, 8), layer(13, 9, 0.15), { ...layer(9, 4, 0.3), gain: 0.05, bias: normal(4, 0.3) }],
  inputHigh: 127,
};
const items = 3;
const inputs = normal(items * 20, 1);
const at = { seed: 4, stream: 6, firstItem: 0 };

const entropy = (p: readonly number[]): number =>
  p.reduce((sum, x) => sum - (x > 0 ? x * Math.log(x) : 0), 0);
const nearest = (x: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, Math.round(x)));

/** One sample of the network with every device drawn, in double precision: shares no code with the kernels. */
function sampleOf(input: readonly number[]): number[] {
  let x = [...input];
  plan.layers.forEach(({ rows, cols, mean, sigma, gain, bias, low, high }, l) => {
    const out = Array.from({ length: cols }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < rows; i++)
        if (x[i] !== 0) sum += x[i]! * (mean[i * cols + j]! + sigma[i * cols + j]! * chance.normal());
      return nearest(sum, low, high) * gain + bias[j]!;
    });
    x = l + 1 < plan.layers.length ? out.map((value) => nearest(value, 0, 127)) : out;
  });
  const weights = x.map((value) => Math.exp(value - Math.max(...x)));
  const z = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / z);
}

describe("a network on crossbars", () => {
  it("has the predictive distribution of drawing every device (5 standard errors, false alarm 6e-7 each)", () => {
    const samples = 20_000;
    const fast = direct(networkForward(plan))({ ...at, inputs, samples });
    const slow = 6000;
    for (let item = 0; item < items; item++) {
      const drawn = Array.from({ length: slow }, () =>
        sampleOf([...inputs.subarray(item * 20, item * 20 + 20)]),
      );
      for (let c = 0; c < 4; c++) {
        const values = drawn.map((p) => p[c]!);
        const mean = values.reduce((sum, v) => sum + v, 0) / slow;
        const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / slow;
        const error = Math.sqrt(variance * (1 / slow + 1 / samples));
        expect(Math.abs(fast.probabilities[item * 4 + c]! - mean)).toBeLessThan(5 * error);
      }
      const entropies = drawn.map(entropy);
      const mean = entropies.reduce((sum, h) => sum + h, 0) / slow;
      const variance = entropies.reduce((sum, h) => sum + (h - mean) ** 2, 0) / slow;
      const error = Math.sqrt(variance * (1 / slow + 1 / samples));
      expect(Math.abs(fast.expectedEntropy[item]! - mean)).toBeLessThan(5 * error);
    }
  });

  it("gives probabilities that sum to one, and never negative model doubt", () => {
    const out = direct(networkForward(plan))({ ...at, inputs, samples: 101 });
    for (let item = 0; item < items; item++) {
      const p = [...out.probabilities.subarray(item * 4, item * 4 + 4)];
      expect(p.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6);
      expect(out.predictiveEntropy[item]).toBeCloseTo(entropy(p), 12);
      expect(out.mutualInformation[item]).toBeGreaterThan(-1e-6);
    }
  });

  it("gives an item the same answer in any batch and on any number of workers", async () => {
    const forward = networkForward(plan);
    const whole = direct(forward)({ ...at, inputs, samples: 50 });
    const single = Array.from({ length: items }, (_, i) => ({
      ...at,
      firstItem: i,
      inputs: inputs.slice(i * 20, i * 20 + 20),
      samples: 50,
    }));
    for (const workers of [0, 1, 2]) {
      await using many = pool(forward, workers);
      const parts = await many.run(single);
      expect(parts.flatMap(({ probabilities }) => [...probabilities])).toEqual([...whole.probabilities]);
      expect(parts.reduce((sum, { saturated }) => sum + saturated, 0)).toBe(whole.saturated);
    }
  });
});
