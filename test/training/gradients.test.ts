import { describe, expect, it } from "vitest";
import { fillNormals, randomStream } from "#calibration";
import { crossEntropy, forwardNet, gradients, kl } from "../../src/training/loss.ts";
import {
  type Activations,
  activationsFor,
  inverseSoftplus,
  refreshStds,
  softplus,
  type VariationalNet,
  variationalNet,
} from "../../src/training/net.ts";

const labels = [0, 2, 1, 1];
const klWeight = 0.03;

/** A small net of random parameters and inputs in float64, with fixed noise; some inputs are 0, as dark pixels are. */
function example(): { net: VariationalNet; activations: Activations[] } {
  const net = variationalNet([5, 4, 4, 3], 1.3, Float64Array);
  const activations = activationsFor(net, labels.length, Float64Array);
  const random = randomStream(21, 300);
  for (const { mean, rho } of net.layers) {
    for (let k = 0; k < mean.length; k++) {
      mean[k] = random.normal() / 2;
      rho[k] = inverseSoftplus(0.05 + 0.4 * random.uniform());
    }
  }
  const { input } = activations[0]!;
  for (let k = 0; k < input.length; k++) if (k % 6 !== 5) input[k] = k % 4 === 1 ? 0 : random.uniform();
  activations.forEach(({ noise }, l) => {
    fillNormals(noise, 22, 301, l);
  });
  return { net, activations };
}

/** The whole loss at the net's present parameters, computed without `gradients`. */
function lossOf(net: VariationalNet, activations: Activations[]): number {
  refreshStds(net);
  forwardNet(net, activations, labels.length);
  const penalty = net.layers.reduce((sum, layer) => sum + kl(layer), 0);
  return crossEntropy(activations.at(-1)!, labels, 3) + klWeight * penalty;
}

describe("gradients of the variational loss, at fixed ε", () => {
  it("agree with central differences in every mean and every ρ, weights and biases", () => {
    const { net, activations } = example();
    refreshStds(net);
    gradients(net, activations, { labels, klWeight });
    const found = Float64Array.from(net.gradient);
    const step = 1e-5;
    net.parameters.forEach((value, k) => {
      net.parameters[k] = value + step;
      const up = lossOf(net, activations);
      net.parameters[k] = value - step;
      const down = lossOf(net, activations);
      net.parameters[k] = value;
      // Truncation O(step²) and rounding O(10⁻¹⁶/step): both near 10⁻¹⁰.
      expect(Math.abs(found[k]! - (up - down) / (2 * step))).toBeLessThan(1e-8);
    });
    expect(found.filter((g) => g !== 0).length).toBeGreaterThan(found.length * 0.8);
  });
  it("do not build up from one mini-batch to the next", () => {
    const { net, activations } = example();
    refreshStds(net);
    gradients(net, activations, { labels, klWeight });
    const once = Float64Array.from(net.gradient);
    gradients(net, activations, { labels, klWeight });
    expect(Float64Array.from(net.gradient)).toEqual(once);
  });
});

describe("the forward pass", () => {
  it("draws outputs with mean x·µ and variance x²·σ² (local reparameterisation)", () => {
    const net = variationalNet([2, 1], 1, Float64Array);
    const items = 40_000;
    const activations = activationsFor(net, items, Float64Array);
    net.layers[0]!.mean.set([0.5, -1, 0.25]);
    net.layers[0]!.rho.set([0.3, 0.2, 0.1].map(inverseSoftplus));
    for (let item = 0; item < items; item++) activations[0]!.input.set([2, 3, 1], item * 3);
    fillNormals(activations[0]!.noise, 23, 302);
    refreshStds(net);
    forwardNet(net, activations, items);
    const output = Array.from(activations[0]!.output);
    const mean = output.reduce((a, b) => a + b, 0) / items;
    const variance = output.reduce((sum, y) => sum + (y - mean) ** 2, 0) / items;
    const wanted = 4 * 0.09 + 9 * 0.04 + 0.01;
    expect(Math.abs(mean - (1 - 3 + 0.25))).toBeLessThan(4 * Math.sqrt(wanted / items));
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(4 * Math.sqrt(2 / items));
  });
});

describe("the closed-form KL", () => {
  it("is the integral of q ln(q/p), by the trapezoidal rule over ± 12 σ", () => {
    const net = variationalNet([1, 1], 0.7, Float64Array);
    const layer = net.layers[0]!;
    layer.mean.set([0.4, -1.1]);
    layer.rho.set([0.05, 1.9].map(inverseSoftplus));
    refreshStds(net);
    const lnNormal = (x: number, mean: number, std: number): number =>
      -(((x - mean) / std) ** 2) / 2 - Math.log(std * Math.sqrt(2 * Math.PI));
    let integral = 0;
    for (const [mean, std] of [
      [0.4, 0.05],
      [-1.1, 1.9],
    ] as const) {
      const step = std / 100;
      for (let k = -1200; k <= 1200; k++) {
        const x = mean + k * step;
        const q = lnNormal(x, mean, std);
        integral += Math.exp(q) * (q - lnNormal(x, 0, 0.7)) * step;
      }
    }
    expect(kl(layer)).toBeCloseTo(integral, 10);
  });
  it("is 0 where posterior and prior are the same", () => {
    const net = variationalNet([4, 3], 1, Float64Array);
    net.layers[0]!.rho.fill(inverseSoftplus(0.5)); // prior std 1/√4
    refreshStds(net);
    expect(kl(net.layers[0]!)).toBeCloseTo(0, 12);
  });
  it("rests on a softplus that inverts from 10⁻⁶ to 100", () => {
    for (const std of [1e-6, 0.01, 1, 29, 100])
      expect(softplus(inverseSoftplus(std)) / std).toBeCloseTo(1, 9);
  });
});
