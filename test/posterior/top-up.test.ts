import { beforeAll, describe, expect, it } from "vitest";
import { type DeviceModel, deviceModel, loadProfile } from "#calibration";
import { seconds, siemens, volts } from "#protocol";
import { map, networkOf } from "../../src/mapping/index.ts";
import type { DenseLayer } from "../../src/model/index.ts";
import { posteriorSampler } from "../../src/posterior/index.ts";
import { topUpAt, topUpOf } from "../../src/posterior/top-up.ts";
import { descriptor, fakeBoard, hold } from "../fake-board.ts";
import { denseModel, inputs } from "../mapping/models.ts";
import { largest, momentsOf, zScores } from "./moments.ts";

let ideal: DeviceModel;
beforeAll(async () => {
  ideal = deviceModel(await loadProfile("ideal"));
});
const noisy = (share: number): DeviceModel => ({
  ...ideal,
  window: { min: siemens(2e-6), max: siemens(20e-6) },
  noiseLaw: "gaussian",
  readSigma: (g) => siemens(g * share),
});
const age = seconds(60);

describe("the top-up of a layer", () => {
  // Two row blocks, two cells a weight, two phases: c = 8 conversions an output.
  const board = descriptor({ rows: 2, dac: { min: 0, max: 255, lsb: volts(0.2 / 255) } });
  const model = denseModel([3, 2], { std: 0.4 });
  const dense = model.layers[0] as DenseLayer;
  const share = 0.03;

  it.each([
    ["one read-out", 1, 1],
    ["five read-outs, noise measured at 1.7 times its law", 5, 1.7],
  ])("is σ² − ρ Σ σ²_read / (n γ²) a weight and σ_b² − ρ c lsb² / (12 n) besides: %s", (_, average, ρ) => {
    const made = map(model, board, { device: noisy(share), probes: inputs(50, 3) });
    const layer = { ...made.layers[0]!, average };
    const held = layer.targets.map((g, k) => g * (1 + 0.1 * (k % 3)));
    const measured = { conductances: held, ...(ρ === 1 ? {} : { noiseRatio: ρ }) };
    const source = { board: made.board, device: noisy(share), age };
    const found = topUpOf(networkOf(model).stages[0]!, layer, source, measured);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 2; j++) {
        const [plus, minus] = [held[(i * 2 + j) * 2]!, held[(i * 2 + j) * 2 + 1]!];
        const read = ((share * plus) ** 2 + (share * minus) ** 2) / layer.gamma[j]! ** 2;
        const wanted = dense.weight.std[j * 3 + i]! ** 2 - (ρ * read) / average;
        expect(found.weights[i * 2 + j]! / wanted).toBeCloseTo(1, 5);
      }
    }
    for (const j of [0, 1]) {
      const lsb =
        ((board.adc.ranges[layer.range]! / 2 ** 15) * layer.inputLsb) / (board.dac.lsb * layer.gamma[j]!);
      const wanted = dense.bias!.std[j]! ** 2 - (ρ * 8 * lsb ** 2) / (12 * average);
      expect(Math.abs(found.constant[j]! - wanted)).toBeLessThan(0.01 * lsb ** 2);
    }
  });

  it("counts as short what devices overfill, and nothing where neither asks nor gives", () => {
    const weights = Float32Array.of(1, -2, 0);
    const { std, short } = topUpAt({ weights, constant: Float64Array.of(1, 4, 0) }, Float32Array.of(1, 2));
    [Math.SQRT2, Math.SQRT2, 0, Math.sqrt(5), 0, 0].forEach((wanted, k) => {
      expect(std[k]).toBeCloseTo(wanted, 6);
    });
    expect(short).toBe(1);
  });
});

describe("posterior sampling where most of the spread is the board's", () => {
  const samples = 6000;
  const x = inputs(1, 10);
  const wanted = (model: ReturnType<typeof denseModel>): { mean: number[]; variance: number[] } => {
    const { weight, bias } = model.layers[0] as DenseLayer;
    const sum = (j: number, of: (i: number, at: number) => number): number =>
      Array.from({ length: 10 }, (_, i) => of(i, j * 10 + i)).reduce((a, b) => a + b, 0);
    const outputs = [0, 1, 2, 3, 4, 5];
    return {
      mean: outputs.map((j) => sum(j, (i, at) => x[i]! * weight.mean[at]!) + bias!.mean[j]!),
      variance: outputs.map((j) => sum(j, (i, at) => (x[i]! * weight.std[at]!) ** 2) + bias!.std[j]! ** 2),
    };
  };

  // Six means within ± 4.5 standard errors, six variances too: false alarm below 10⁻⁴. The board gives over 60 % of the widest
  // output's variance, 30 standard errors of it; in the last case the converter has a tenth of that.
  it.each([
    ["cells, one read-out", { share: 0.035, bits: 16, average: 1, std: 0.035 }],
    ["cells, four read-outs averaged", { share: 0.07, bits: 16, average: 4, std: 0.035 }],
    ["cells and a converter of 8 bits, averaged", { share: 0.055, bits: 8, average: 3, std: 0.035 }],
  ])("keeps Σ x² σ² + σ_b²: %s", async (_, { share, bits, average, std: asked }) => {
    const model = denseModel([10, 6], { std: asked });
    const device = noisy(share);
    const options = {
      readSigma: (g: number) => g * share,
      descriptor: { adc: { ...descriptor().adc, bits } },
    };
    const board = fakeBoard(options);
    const made = map(model, board.descriptor, { device, probes: inputs(50, 10) });
    const used = { ...made, layers: made.layers.map((layer) => ({ ...layer, average })) };
    hold(board, used);
    const source = { board: used.board, device, age };
    const { std } = topUpAt(topUpOf(networkOf(model).stages[0]!, used.layers[0]!, source), x);
    const law = wanted(model);
    expect(Math.max(...law.variance.map((v, j) => 1 - std[j]! ** 2 / v))).toBeGreaterThan(0.6);
    const found = await posteriorSampler(used, board, { device, seed: 5 }).sample(x, samples);
    expect(found.short).toBe(0);
    const scores = zScores(momentsOf(found.values, 6), law, samples);
    expect(largest(scores.mean)).toBeLessThan(4.5);
    expect(largest(scores.variance)).toBeLessThan(4.5);
  });
});
