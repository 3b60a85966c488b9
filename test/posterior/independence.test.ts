import { describe, expect, it } from "vitest";
import type { ReadOutRequest } from "#protocol";
import { volts } from "#protocol";
import { map } from "../../src/mapping/index.ts";
import type { BayesianModel } from "../../src/model/index.ts";
import { posteriorSampler, referenceSamples } from "../../src/posterior/index.ts";
import { descriptor, type FakeOptions, fakeBoard, hold } from "../fake-board.ts";
import { convModel, denseModel, inputs, modelOf } from "../mapping/models.ts";
import { momentsOf } from "./moments.ts";

function onBoard(model: BayesianModel, fake: FakeOptions = {}, seed = 5) {
  const made = map(model, descriptor(fake.descriptor));
  const board = fakeBoard(fake);
  hold(board, made);
  return posteriorSampler(made, board, { seed });
}

const one = (mean: number, std: number) => ({ mean: Float32Array.of(mean), std: Float32Array.of(std) });
const unit = { type: "dense", inputs: 1, outputs: 1, weight: one(1, 0) } as const;

describe("independent draws", () => {
  it("of two layers add their variances: b₁ + b₂ of σ = 1 each have 2, not the 4 of one draw used twice", async () => {
    const first = { ...unit, name: "fc1", bias: one(10, 1) };
    const model = modelOf([first, { type: "relu" }, { ...unit, name: "fc2", bias: one(0, 1) }], [1]);
    const [x, S] = [Float32Array.of(1), 4000];
    for (const { values } of [await onBoard(model).sample(x, S), referenceSamples(model, x, S, 5)]) {
      // Standard error of the variance 2 · √(2/4000) = 0.045; ± 4.5 of it: false alarm 10⁻⁵.
      expect(Math.abs(momentsOf(values, 1).variance[0]! - 2)).toBeLessThan(0.2);
    }
  });

  it("on a board and in software of one seed do not correlate, nor do those of two items", async () => {
    const model = modelOf([{ ...unit, name: "fc", bias: one(0, 1) }], [1]);
    const [x, S] = [Float32Array.of(1, 1), 4000];
    const [a, b] = [(await onBoard(model).sample(x, S)).values, referenceSamples(model, x, S, 5).values];
    const parts = [a.subarray(0, S), a.subarray(S), b.subarray(0, S), b.subarray(S)];
    const centred = parts.map((part) => part.map((value) => value - 1));
    // Standard error 1/√4000 = 0.016; six within ± 4.5 of it.
    centred.forEach((p, k) => {
      for (const q of centred.slice(0, k))
        expect(Math.abs(p.reduce((sum, value, s) => sum + value * q[s]!, 0) / S)).toBeLessThan(0.07);
    });
  });
});

/** Sample numbers that the board is asked for. */
function numbered(model: BayesianModel) {
  const seen: number[] = [];
  const fake: FakeOptions = {
    descriptor: { rows: 20, cols: 20, tiles: 40, dac: { min: 0, max: 255, lsb: volts(0.2 / 255) } },
    before: (name, request) => {
      if (name !== "readOut") return;
      const { vectors, repeats, firstSample } = request as ReadOutRequest;
      for (let s = 0; s < vectors * repeats; s++) seen.push(firstSample + s);
    },
  };
  return { seen, sampler: onBoard(model, fake) };
}

describe("sample numbers", () => {
  it("are each given once where the first layer has several blocks and both phases", async () => {
    const { seen, sampler } = numbered(denseModel([30, 24, 4]));
    await sampler.sample(inputs(2, 30), 3);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("stay within 32 bits, each given once, for items far into a run and across the end of a period", async () => {
    const { seen, sampler } = numbered(denseModel([30, 24, 4]));
    await sampler.sample(inputs(1, 30), 3, { firstItem: 0 });
    // Numbers an item takes, over all layers, blocks and phases; a period is as many items as fit 32 bits.
    const period = Math.floor(2 ** 32 / seen.length);
    for (const firstItem of [10 * period + 7, period - 1]) {
      seen.length = 0;
      await sampler.sample(inputs(3, 30), 3, { firstItem });
      expect(Math.max(...seen)).toBeLessThan(2 ** 32);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it("go with as many drawn outputs as layers, patches and samples make", async () => {
    const found = await numbered(convModel()).sampler.sample(inputs(2, 64), 5);
    expect(found.drawn).toBe(2 * 5 * (8 * 8 * 3 + 4));
  });
});
