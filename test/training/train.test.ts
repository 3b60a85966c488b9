import { describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import type { DenseLayer } from "../../src/model/index.ts";
import { shuffled } from "../../src/training/batches.ts";
import { type Examples, type TrainingProgress, train } from "../../src/training/index.ts";

/** Four blobs at the corners of a square, classes by their diagonal: no linear classifier does better than chance. */
function diagonals(items: number, seed: number): Examples {
  const random = randomStream(seed, 320);
  const values = new Float32Array(items * 2);
  const labels = new Int32Array(items);
  for (let item = 0; item < items; item++) {
    const [x, y] = [Math.floor(random.uniform() * 2), Math.floor(random.uniform() * 2)];
    values.set([x + 0.15 * random.normal(), y + 0.15 * random.normal()], item * 2);
    labels[item] = x === y ? 0 : 1;
  }
  return { images: { shape: [items, 2], values }, labels };
}
const options = {
  ...diagonals(600, 1),
  classes: 2,
  hidden: [16],
  epochs: 60,
  batch: 50,
  learningRate: 0.02,
  priorScale: 2,
  seed: 5,
  input: { scale: 1, mean: 0.5, std: 0.5 },
};
const dense = (layers: readonly unknown[]): DenseLayer[] =>
  layers.filter((layer) => (layer as DenseLayer).type === "dense") as DenseLayer[];

describe("training", () => {
  it("solves a problem that no linear classifier can, and says so of examples it has not seen", async () => {
    const model = await train({ ...options, test: diagonals(1000, 2) });
    const held = JSON.parse(model.provenance.notes.at(-1)!.replace("held out: ", ""));
    expect(held).toMatchObject({ examples: 1000, samples: 30, eceBins: 15 });
    expect(held.accuracy).toBeGreaterThan(0.98); // the blobs overlap in about 2 · Q(0.5/0.15) = 0.1 % of cases
    expect(held.nll).toBeLessThan(0.15);
  });
  it("gives a model that says where it comes from, with weights outputs × inputs", async () => {
    const model = await train({ ...options, epochs: 1 });
    expect(model.layers.map((layer) => layer.type)).toEqual(["dense", "relu", "dense"]);
    expect(model.input).toEqual({ shape: [2], scale: 1, mean: 0.5, std: 0.5 });
    expect(model.provenance).toMatchObject({ library: "mho", std: "direct" });
    expect(model.provenance.notes[0]).toMatch(/"examples":600.*"seed":5/);
    const [first, last] = dense(model.layers);
    expect([first!.weight.mean.length, last!.weight.std.length, last!.bias!.mean.length]).toEqual([
      32, 32, 2,
    ]);
    for (const { weight, bias } of [first!, last!]) {
      expect(Math.min(...weight.std, ...bias!.std)).toBeGreaterThan(0);
      expect([...weight.mean, ...bias!.mean].every(Number.isFinite)).toBe(true);
    }
  });
  it("gives the same bits for the same seed, and other bits for another", async () => {
    const [a, b, c] = [
      await train({ ...options, epochs: 2 }),
      await train({ ...options, epochs: 2 }),
      await train({ ...options, epochs: 2, seed: 6 }),
    ].map((model) => dense(model.layers));
    expect(a![0]!.weight).toEqual(b![0]!.weight);
    expect(a![1]!.bias).toEqual(b![1]!.bias);
    expect(a![0]!.weight.mean).not.toEqual(c![0]!.weight.mean);
  });
  it("leaves the prior where the data say nothing: an input that is always 0", async () => {
    const { images, labels } = diagonals(300, 3);
    const wide = new Float32Array(900);
    for (let item = 0; item < 300; item++) wide.set(images.values.subarray(item * 2, item * 2 + 2), item * 3);
    const examples = { images: { shape: [300, 3], values: wide }, labels };
    const model = await train({
      ...options,
      ...examples,
      epochs: 200,
      klWeight: 1,
      warmUp: 0,
      input: { scale: 1, mean: 0, std: 1 },
    });
    const [first] = dense(model.layers);
    const prior = 2 / Math.sqrt(3);
    for (let neuron = 0; neuron < 16; neuron++) {
      expect(Math.abs(first!.weight.mean[neuron * 3 + 2]!)).toBeLessThan(0.1 * prior);
      expect(first!.weight.std[neuron * 3 + 2]! / prior).toBeGreaterThan(0.9);
      expect(first!.weight.std[neuron * 3 + 2]! / prior).toBeLessThan(1.1);
    }
  });
  it("reports each epoch, and raises the KL weight slowly: less is learnt of the prior in a longer warm-up", async () => {
    const seen: TrainingProgress[] = [];
    await train({ ...options, epochs: 3, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(seen[2]!.loss).toBeLessThan(seen[0]!.loss);
    const colder: TrainingProgress[] = [];
    await train({ ...options, epochs: 3, warmUp: 1000, onProgress: (progress) => colder.push(progress) });
    expect(colder[2]!.kl).toBeGreaterThan(seen[2]!.kl);
  });
});

describe("the order of the examples", () => {
  it("is a permutation, another one each epoch, and uniform: each item is first 1 time in n", () => {
    const firsts = new Int32Array(10);
    for (let epoch = 0; epoch < 5000; epoch++) firsts[shuffled(10, 7, epoch)[0]!]!++;
    expect([...shuffled(100, 7, 3)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, k) => k));
    const chi2 = firsts.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chi2).toBeLessThan(33.7); // 9 degrees of freedom, false alarm 10⁻⁴
  });
});

describe("what cannot be trained", () => {
  it.each([
    [{ epochs: 0 }, "OPTION_INVALID", /epochs 0/],
    [{ learningRate: Number.NaN }, "OPTION_INVALID", /learningRate NaN/],
    [{ klWeight: -1 }, "OPTION_INVALID", /klWeight -1/],
    [{ hidden: [2.5] }, "OPTION_INVALID", /2.5/],
    [{ labels: [0, 1] }, "SHAPE_MISMATCH", /labels has shape 2/],
    [
      { images: { shape: [600, 2], values: new Float32Array(1200).fill(Number.NaN, 7) } },
      "NOT_A_QUANTITY",
      /NaN is no value in the images \(item 3\)/,
    ],
    [{ learningRate: 1e30, epochs: 1 }, "TRAINING_DIVERGED", /in epoch 1 of 1; no model/],
    [{ classes: 1 }, "LABEL_INVALID", /from 0 to 0/],
    [
      { images: { shape: [0, 2], values: new Float32Array(0) }, labels: [] },
      "SHAPE_MISMATCH",
      /at least one/,
    ],
  ])("is refused with the option at fault: %o", async (change, code, why) => {
    await expect(train({ ...options, ...change })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(why),
    });
  });
  it("stops at once when it is told to", async () => {
    const stop = new AbortController();
    const run = train({ ...options, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(run).rejects.toMatchObject({ code: "TRAINING_STOPPED", facts: { epoch: 2, epochs: 60 } });
  });
});
