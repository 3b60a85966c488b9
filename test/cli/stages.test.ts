import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assetPath, formatNpy, shippedModelPath } from "../../src/datasets/index.ts";
import { mho } from "./captured.ts";

const folder = mkdtempSync(join(tmpdir(), "mho-stages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const images = assetPath("digits/images-idx3-ubyte.gz");
const labels = assetPath("digits/labels-idx1-ubyte.gz");
const mapFile = join(folder, "map.mho");
const board = ["--board", "sim:?profile=hfox-tsinghua&seed=2"];

async function json(words: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await mho([...words, "--json"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as Record<string, unknown>;
}
beforeAll(
  async () => void (await json(["map", shippedModelPath(), ...board, "--probes", images, "-o", mapFile])),
);

describe("mho import and inspect", () => {
  it("say what is in the shipped model", async () => {
    const model = await json(["import", shippedModelPath()]);
    expect(Object.keys(model)).toEqual(expect.arrayContaining(["library", "std", "layers", "sha256"]));
    const [first] = model.layers as { shape: number[]; std: { min: number; median: number; max: number } }[];
    const bytes = readFileSync(shippedModelPath());
    expect(model.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(first!.shape[1]).toBe(784);
    expect(first!.std.min).toBeGreaterThan(0);
    expect(first!.std.median).toBeLessThanOrEqual(first!.std.max);
  });
  it("tell a map from a model, and where its scales are from", async () => {
    expect(await json(["inspect", shippedModelPath()])).toMatchObject({ kind: "model", output: "classes" });
    expect(await json(["inspect", mapFile])).toMatchObject({
      kind: "map",
      scalesFrom: expect.stringContaining("given inputs"),
    });
    expect(await json(["inspect", "ideal"])).toMatchObject({ kind: "profile", name: "ideal" });
  });
  it("write nothing without -o", async () => {
    const before = readdirSync(folder);
    const { stdout } = await mho(["map", shippedModelPath()]);
    expect(stdout).toContain("nothing written");
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe("mho deploy", () => {
  it("reports each cell once, and that they settled", async () => {
    const done = await json(["deploy", mapFile, ...board]);
    const layers = (await json(["inspect", mapFile])).layers as {
      inputs: number;
      outputs: number;
      cellsAWeight: number;
    }[];
    expect(done.cells).toBe(layers.reduce((sum, l) => sum + l.inputs * l.outputs * l.cellsAWeight, 0));
    expect(done.settled as number).toBeGreaterThan(0.98 * (done.cells as number));
  });
  it("refuses a map of another board with the command that makes the right one", async () => {
    const { exitCode, stderr } = await mho([
      "deploy",
      mapFile,
      "--board",
      "sim:?profile=ideal&rows=32&cols=32",
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^MAP_FOR_OTHER_BOARD[\s\S]*mho map MODEL --board URL/);
  });
});

describe("mho infer", () => {
  it("gives each input its probabilities and uncertainties, with errors", async () => {
    const { items, n, samples } = await json([
      "infer",
      mapFile,
      ...board,
      "--input",
      "docs/examples/three-digits.npy",
      "--samples",
      "20",
    ]);
    expect({ n, samples }).toEqual({ n: 3, samples: 20 });
    for (const item of items as {
      probabilities: number[];
      predictiveEntropy: number;
      softmaxEntropy: number;
      mutualInformation: number;
    }[]) {
      expect(item.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      expect(item.softmaxEntropy + item.mutualInformation).toBeCloseTo(item.predictiveEntropy, 6);
    }
    expect((items as { class: number }[]).map((item) => item.class)).toEqual([3, 5, 8]);
  });
  it("names the inputs' file, not the model's, where an input has another shape", async () => {
    const narrow = join(folder, "narrow.npy");
    await writeFile(narrow, formatNpy({ shape: [2, 10], values: new Float32Array(20) }));
    const { stderr } = await mho(["infer", shippedModelPath(), ...board, "--input", narrow]);
    expect(stderr).toMatch(/^SHAPE_MISMATCH an input of \S*narrow\.npy has shape 10, but 28×28/);
  });
  it("refuses inputs of another shape, naming both", async () => {
    const { exitCode, stderr } = await mho(["infer", mapFile, ...board, "--input", labels]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("SHAPE_MISMATCH");
  });
});

describe("mho evaluate", () => {
  it("writes the document of its contract, the reference beside it", async () => {
    const words = [
      "evaluate",
      shippedModelPath(),
      ...board,
      "--images",
      images,
      "--labels",
      labels,
      "--ood",
      images,
    ];
    const found = await json([...words, "--limit", "60", "--samples", "10", "--seed", "4", "--reference"]);
    const keys = [
      "model",
      "board",
      "n",
      "samples",
      "accuracy",
      "nll",
      "ece",
      "eceBins",
      "brier",
      "predictiveEntropy",
      "softmaxEntropy",
    ];
    keys.push(
      "mutualInformation",
      "ood",
      "effectiveSamples",
      "readOuts",
      "wireBytes",
      "seconds",
      "seed",
      "reference",
    );
    expect(Object.keys(found)).toEqual(expect.arrayContaining(keys));
    expect(found).toMatchObject({
      n: 60,
      samples: 10,
      eceBins: 15,
      seed: 4,
      board: { source: "simulated", profile: "hfox-tsinghua" },
      // Of a model the scales are the evaluated images' own: the document must say so.
      scalesFrom: expect.stringMatching(/^60 given inputs/),
    });
    expect(found.accuracy).toBeGreaterThan(0.9);
    expect((found.reference as { accuracy: number }).accuracy).toBeGreaterThan(0.9);
    // The same images as "foreign": nothing tells them apart but the draws. 60 against 60, standard error of the AUROC 0.053.
    const { auroc } = found.ood as { auroc: Record<string, number> };
    for (const area of Object.values(auroc)) expect(Math.abs(area - 0.5)).toBeLessThan(4 * 0.053);
  });
});

describe("mho train", () => {
  it("makes a model that inspect reads, the same from the same seed", async () => {
    const out = [join(folder, "a.mho"), join(folder, "b.mho")] as const;
    const words = ["train", "--images", images, "--labels", labels, "--hidden", "8", "--epochs", "2"];
    const [a, b] = [await json([...words, "-o", out[0]]), await json([...words, "-o", out[1]])];
    expect(a.layers).toEqual(b.layers);
    expect(await json(["inspect", out[0]])).toMatchObject({
      kind: "model",
      layers: [{ shape: [8, 784] }, { shape: [10, 8] }],
    });
  });
});

describe("Ctrl-C", () => {
  it("ends a deploy with 130, the board idle, and leaves no half-written map", async () => {
    const stop = new AbortController();
    const made = await mho(["deploy", mapFile, ...board], {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(made.exitCode).toBe(130);
    expect(made.stderr).toContain("CANCELLED");
  });
  it("ends a training with 130 and writes no model", async () => {
    const stop = new AbortController();
    const target = join(folder, "stopped.mho");
    const words = ["train", "--images", images, "--labels", labels, "--hidden", "8", "-o", target];
    expect((await mho(words, { signal: stop.signal, onProgress: () => stop.abort() })).exitCode).toBe(130);
    expect(readdirSync(folder).filter((name) => name.startsWith("stopped"))).toEqual([]);
  });
});
