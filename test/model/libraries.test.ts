import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BayesianModel,
  importModel,
  isWeightLayer,
  parseArch,
  readTensors,
  summarise,
  type WeightLayer,
} from "../../src/model/index.ts";
import { missing, python, scratch, titled } from "./python.ts";

const without = missing("torch");
const folder = scratch();
const at = (name: string): string => join(folder, name);
const layersOf = (model: BayesianModel): WeightLayer[] => model.layers.filter(isWeightLayer);

interface Truth {
  readonly library: string;
  readonly std: string;
  readonly truth: readonly { layer: string; param: "weight" | "bias"; mean: number[]; std: number[] }[];
}
let expected: Readonly<Record<string, Truth>>;

describe.skipIf(without !== undefined)(titled("a checkpoint that torch or numpy saved", without), () => {
  beforeAll(() => {
    expected = JSON.parse(python(readFileSync("test/model/checkpoints.py", "utf8"), folder));
  });

  const libraries =
    "bayesian-torch blitz nitarshan torchbnn torch-uncertainty torch-uncertainty-bare bayesian-cnn javier-antoran bayesianize " +
    "pyro-module tyxe tfp edward2 numpyro store-softplus store-exp store-interval store-independent logvar log-std rho-first numbered";

  it.each(libraries.split(" "))(
    "under the names of %s has its library, transform, means and standard deviations",
    async (name) => {
      const files = [`${name}.pt`, `${name}.legacy.pt`, `${name}.npz`].filter((file) => existsSync(at(file)));
      const { library, std, truth } = expected[name]!;
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const model = await importModel(at(file));
        expect([model.provenance.library, model.provenance.std]).toEqual([library, std]);
        expect(model.layers.map(({ type }) => type)).toEqual(["dense", "relu", "dense"]);
        for (const { layer, param, mean, std: sigma } of truth) {
          const found = layersOf(model).find((candidate) =>
            candidate.name.endsWith(name === "numbered" ? layer.slice(2) : layer),
          )![param]!;
          expect(found.mean).toEqual(Float32Array.from(mean));
          for (const [i, wanted] of sigma.entries())
            expect(Math.abs(found.std[i]! - wanted)).toBeLessThanOrEqual(3e-7 * (1 + wanted));
        }
      }
    },
  );

  it("reads the same tensors from the zip and from the legacy container", async () => {
    expect(await readTensors(at("blitz.pt"))).toEqual(await readTensors(at("blitz.legacy.pt")));
  });

  it.each(["half", "bfloat", "double"])(
    "of %s precision has means 1.5 and −2, and softplus(0) = ln 2, softplus(100) = 100",
    async (name) => {
      const { mean, std } = layersOf(await importModel(at(`${name}.pt`)))[0]!.weight;
      expect([...mean]).toEqual([1.5, -2]);
      expect(std[0]).toBeCloseTo(Math.LN2, 7);
      expect(std[1]).toBe(100);
    },
  );

  it("keeps softplus exact where eˣ is tiny or beyond float32", async () => {
    const { std } = layersOf(await importModel(at("extreme.pt")))[0]!.weight;
    expect(std[0]! / Math.exp(-87)).toBeCloseTo(1, 6);
    expect(std[1]).toBe(88);
  });

  it("takes plain weights as point values, and says so; the weights of a checkpoint are found among other things", async () => {
    const model = await importModel(at("checkpoint.pt"));
    expect(model.provenance).toMatchObject({ library: "point weights", std: "0 (point weights)" });
    expect(model.provenance.notes.join()).toMatch(/state_dict.*point values/);
    expect(summarise(model).layers.map(({ std, bias }) => [std.max, bias])).toEqual([
      [0, "point"],
      [0, "point"],
    ]);
  });

  it("mixes point layers with a last vbll layer of std exp(−2), and says which are points", async () => {
    const model = await importModel(at("vbll.pt"));
    expect(model.provenance.library).toBe("vbll");
    expect(layersOf(model)[1]!.weight.std[0]).toBeCloseTo(Math.exp(-2), 7);
    expect(model.provenance.notes.join()).toContain(
      "Point values, standard deviation 0: fc1.weight, fc1.bias.",
    );
  });

  it("is joined by an arch file, which may name layers by the beginning of their keys", async () => {
    const layers = [
      { type: "conv2d", weights: "conv" },
      { type: "maxpool", size: 2 },
      { type: "flatten" },
      { type: "dense", weights: "fc" },
    ];
    const model = await importModel(at("conv.pt"), {
      arch: parseArch({ input: { shape: [1, 6, 6] }, layers, output: "values" }),
    });
    expect(model.layers.map(({ type }) => type)).toEqual(["conv2d", "maxpool", "flatten", "dense"]);
    expect(model.layers[1]).toEqual({ type: "maxpool", size: 2, stride: 2 });
    const store = await importModel(at("store-exp.pt"), {
      arch: parseArch({
        input: { shape: [4] },
        layers: [{ type: "dense", weights: "AutoNormal.locs.fc1", bias: false }],
      }),
    });
    expect(layersOf(store)[0]).toMatchObject({ name: "fc1", inputs: 4, outputs: 3 });
    expect(summarise(store).layers[0]!.bias).toBe("none");
    expect(store.provenance.notes).toEqual(["Layers of the file that the arch file does not use: fc10."]);
  });

  it("takes another transform from --std", async () => {
    const model = await importModel(at("logvar.pt"), { std: "0.5*sigmoid+1e-3" });
    expect(model.provenance.std).toBe("0.5·sigmoid(log_var) + 0.001");
    const [raw, std] = [
      (await readTensors(at("logvar.pt"))).get("fc1.weight_logvar")!.values[0]!,
      layersOf(model)[0]!.weight.std[0]!,
    ];
    expect(std).toBeCloseTo(0.5 / (1 + Math.exp(-raw)) + 1e-3, 6);
    const bare = await importModel(at("store-bare.pt"), { std: "softplus" });
    expect(bare.provenance.std).toBe("softplus(scale)");
  });

  it.each([
    ["std-negative.pt", "STD_UNKNOWN", "fc.weight_std"],
    ["store-bare.pt", "STD_UNKNOWN", "AutoNormal.scales.fc.weight"],
    ["auto-diagonal.pt", "POSTERIOR_UNREAD", "flat vector"],
    ["vbll-dense.pt", "POSTERIOR_UNREAD", "correlated"],
    ["nothing.pt", "NAMES_UNKNOWN", "alpha, beta"],
    ["nan.pt", "WEIGHT_NOT_FINITE", "fc.mu_weight holds 2 values"],
    ["uneven.pt", "SHAPE_MISMATCH", "fc.rho_weight has shape (3, 2), but (2, 3)"],
    ["apart.pt", "ARCH_NEEDED", "a gives 3 values and b takes 7"],
    ["conv.pt", "ARCH_NEEDED", "2×1×3×3"],
    ["batchnorm.pt", "ARCH_NEEDED", "bn.running_mean"],
    ["module.pt", "PICKLE_REFUSED", "torch.nn.modules.linear.Linear"],
  ])("is not guessed at: %s is %s (%s)", async (name, code, says) => {
    await expect(importModel(at(name))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says),
    });
  });

  it("calls a positive sigma a standard deviation only by its word, and says so", async () => {
    const { provenance } = await importModel(at("sigma-positive.pt"));
    expect(provenance).toMatchObject({ library: "unknown", std: "scale" });
    expect(provenance.notes.join()).toContain("No known library");
  });

  it("cut off at any of 100 places is an error of ours, never a crash", async () => {
    const { importCut } = await import("./cut.ts");
    for (const name of ["blitz.pt", "blitz.legacy.pt", "tfp.npz"]) {
      const size = statSync(at(name)).size;
      for (let i = 0; i < 100; i++) await importCut(at(name), Math.floor((i * size) / 100));
    }
  });
});
