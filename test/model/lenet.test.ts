import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BayesianModel,
  importModel,
  isWeightLayer,
  outputShape,
  readArch,
  summarise,
} from "../../src/model/index.ts";

const file = "../shared/data/heidelberg-bnn/lenet.pt";
const absent = !existsSync(file);

describe.skipIf(absent)(
  `the Heidelberg LeNet posterior${absent ? ` (skipped: ${file} is absent)` : ""}`,
  () => {
    let model: BayesianModel;
    beforeAll(async () => {
      model = await importModel(file, { arch: await readArch("docs/examples/lenet-arch.json") });
    });

    it("is recognised as a Pyro parameter store whose constraint says softplus", () => {
      expect(model.provenance.library).toBe("Pyro AutoNormal (parameter store)");
      expect(model.provenance.std).toBe("softplus(scale)");
    });

    it("has 61 706 weights in conv 6, conv 16 and dense 120, 84, 10 (papers.md §7, §14.1)", () => {
      const layers = model.layers.filter(isWeightLayer);
      const count = layers.reduce(
        (sum, layer) => sum + layer.weight.mean.length + (layer.bias?.mean.length ?? 0),
        0,
      );
      expect(count).toBe(61_706);
      expect(summarise(model).layers.map(({ name, shape }) => `${name} ${shape.join("×")}`)).toEqual([
        "conv1 6×1×5×5",
        "conv2 16×6×5×5",
        "fc1 120×400",
        "fc2 84×120",
        "fc3 10×84",
      ]);
    });

    it("takes an image of 28 × 28 through 6 × 28 × 28, 6 × 14 × 14, 16 × 10 × 10 and 400 to 10 logits", () => {
      const shapes: string[] = [];
      model.layers.reduce<readonly number[]>((shape, layer) => {
        const next = outputShape(layer, shape);
        shapes.push(next.join("×"));
        return next;
      }, model.input.shape);
      expect([...new Set(shapes)]).toEqual([
        "6×28×28",
        "6×14×14",
        "16×10×10",
        "16×5×5",
        "400",
        "120",
        "84",
        "10",
      ]);
    });

    it("has median standard deviations 0.0032, 0.207 and about 0.99 (papers.md §7)", () => {
      const medians = summarise(model).layers.map(({ std }) => std.median);
      expect(medians[0]).toBeCloseTo(0.0032, 4);
      expect(medians[1]).toBeCloseTo(0.207, 3);
      for (const median of medians.slice(2)) expect(Math.abs(median - 0.99)).toBeLessThan(0.02);
    });

    it("has a Gaussian bias in every layer and no key left over", () => {
      expect(summarise(model).layers.map(({ bias }) => bias)).toEqual(Array(5).fill("gaussian"));
      expect(model.provenance.notes).toEqual([]);
    });
  },
);
