import { statSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { fillNormals } from "#calibration";
import { rotated, shippedDigits, shippedModelPath, uniformNoise } from "../../src/datasets/index.ts";
import {
  type BayesianModel,
  type DenseLayer,
  isWeightLayer,
  normalise,
  readModel,
} from "../../src/model/index.ts";
import { referenceSamples } from "../../src/posterior/index.ts";
import { accuracy, auroc, ece, type Predictive, predictive } from "../../src/uncertainty/index.ts";

/** Posterior samples an input: enough for the mutual information to settle. */
const samples = 30;
let model: BayesianModel;
let digits: Uint8Array;
let labels: Int32Array;
let known: Predictive;

const opinionOn = async (of: BayesianModel, raw: Uint8Array): Promise<Predictive> =>
  predictive(await referenceSamples(of, normalise(of.input, raw), samples, 1));
const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
const stacked = (items: number, make: (item: number) => Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat(Array.from({ length: items }, (_, item) => make(item))));
const digit = (item: number): Uint8Array => digits.subarray(item * 784, (item + 1) * 784);

/** The model with a frozen Gaussian error on every mean: `share` of the largest |mean| of its output. */
function disturbed(share: number): BayesianModel {
  const layers = model.layers.map((layer, l) => {
    if (!isWeightLayer(layer)) return layer;
    const { inputs, weight } = layer as DenseLayer;
    const error = new Float32Array(weight.mean.length);
    fillNormals(error, 9, 330, l);
    const mean = weight.mean.map((value, k) => {
      const from = k - (k % inputs);
      const scale = weight.mean
        .subarray(from, from + inputs)
        .reduce((most, w) => Math.max(most, Math.abs(w)), 0);
      return value + share * scale * error[k]!;
    });
    return { ...layer, weight: { ...weight, mean } };
  });
  return { ...model, layers };
}

beforeAll(async () => {
  model = await readModel(shippedModelPath());
  const shipped = await shippedDigits();
  digits = shipped.images.values as Uint8Array;
  labels = shipped.labels;
  known = await opinionOn(model, digits);
});

describe("the shipped model", () => {
  it("is under 1 MB and says how it was made and what it scored", () => {
    expect(statSync(shippedModelPath()).size).toBeLessThan(1e6);
    expect(model.provenance).toMatchObject({ library: "mho", std: "direct" });
    expect(model.provenance.notes.join("\n")).toMatch(
      /MNIST training set[\s\S]*"seed":1[\s\S]*held out: .*"accuracy":0\.9[78]/,
    );
  });
  it("names at least 97 % of the shipped digits, with a calibration error below 0.05", () => {
    expect(accuracy(known.probabilities, labels)).toBeGreaterThan(0.97);
    expect(ece(known.probabilities, labels)).toBeLessThan(0.05);
  });
  it("knows both uncertainties: doubts of the input and of the model on an average of two digits", async () => {
    const mixed = stacked(100, (item) => digit(item).map((value, k) => (value + digit(item + 100)[k]!) / 2));
    const opinion = await opinionOn(model, mixed);
    expect(mean(opinion.softmaxEntropy)).toBeGreaterThan(3 * mean(known.softmaxEntropy));
    expect(mean(opinion.mutualInformation)).toBeGreaterThan(3 * mean(known.mutualInformation));
  });
  it("is less sure of what it never saw: AUROC of mutual information above 0.99 for noise, 0.85 for digits on their side", async () => {
    const noise = await opinionOn(model, stacked(100, uniformNoise));
    const sides = await opinionOn(
      model,
      stacked(100, (item) => rotated(digit(item), 90)),
    );
    expect(auroc(noise.mutualInformation, known.mutualInformation)).toBeGreaterThan(0.99);
    expect(auroc(sides.mutualInformation, known.mutualInformation)).toBeGreaterThan(0.85);
  });
  it("bears a frozen programming error of 4 % of each column's full scale with at most 1.5 % loss of accuracy", async () => {
    const { probabilities } = await opinionOn(disturbed(0.04), digits);
    expect(accuracy(probabilities, labels)).toBeGreaterThan(accuracy(known.probabilities, labels) - 0.015);
  });
});
