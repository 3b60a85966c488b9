import { beforeAll, describe, expect, it } from "vitest";
import { deviceModel, loadProfile } from "#calibration";
import { serveTcp, simulatedBoard, tcpTransport, wireBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { deploy } from "../src/deploy/index.ts";
import { map } from "../src/mapping/index.ts";
import { evaluate, evaluateReference, infer } from "../src/pipeline.ts";
import { referenceSamples } from "../src/posterior/index.ts";
import { effectiveSamples, predictive } from "../src/uncertainty/index.ts";
import { denseModel, inputs } from "./mapping/models.ts";

const settings = { profile: "hfox-tsinghua", seed: 3, tiles: 4, rows: 32, cols: 32 };
const model = { ...denseModel([16, 24, 4], { std: 0.5 }), output: "classes" as const };
const x = inputs(12, 16);

/** Maps, deploys and infers on a board, which is closed then. */
async function wholeWay(board: CrossbarBoard) {
  await using _ = board;
  const device = deviceModel(await loadProfile(board.descriptor.profile));
  const made = map(model, board.descriptor, { device, probes: x });
  await deploy(made, board);
  return await infer(made, board, x, { samples: 20, seed: 8, device });
}

describe("the whole way on a simulated board", () => {
  let here: Awaited<ReturnType<typeof wholeWay>>;
  beforeAll(async () => {
    here = await wholeWay(await simulatedBoard(settings));
  });

  it("gives the same samples again, bit for bit", async () => {
    expect((await wholeWay(await simulatedBoard(settings))).samples).toEqual(here.samples);
  });

  it("gives the same samples through a socket", async () => {
    await using served = await serveTcp(settings, "127.0.0.1", 0);
    const there = await wholeWay(await wireBoard(await tcpTransport(served.url)));
    expect(there.samples).toEqual(here.samples);
  });

  it("gives other samples on a board with other devices", async () => {
    expect((await wholeWay(await simulatedBoard({ ...settings, seed: 4 }))).samples.values).not.toEqual(
      here.samples.values,
    );
  });

  it("refuses to infer on a board that does not hold the map", async () => {
    await using board = await simulatedBoard(settings);
    await expect(infer(map(model, board.descriptor, { probes: x }), board, x)).rejects.toMatchObject({
      code: "NOT_DEPLOYED",
    });
  });
});

describe("evaluating", () => {
  it.each([
    ["fewer labels than images", 12, 11],
    ["more labels than images, which would be those of foreign ones", 12, 13],
    ["no images", 0, 0],
  ])("refuses %s", async (_, images, labels) => {
    const set = {
      images: x.subarray(0, 16 * images),
      labels: new Array<number>(labels).fill(0),
      ood: x,
    };
    await using board = await simulatedBoard({ profile: "ideal", tiles: 4 });
    const wanted = { code: "SHAPE_MISMATCH", facts: { what: "the labels", found: labels } };
    await expect(evaluate(map(model, board.descriptor), board, set)).rejects.toMatchObject(wanted);
    expect(() => evaluateReference(model, set)).toThrow(/the labels/);
  });

  it("refuses foreign inputs that are none, whose means would be no numbers", async () => {
    const set = { images: x, labels: new Array<number>(12).fill(0), ood: new Float32Array(0) };
    await using board = await simulatedBoard({ profile: "ideal", tiles: 4 });
    const wanted = { code: "SHAPE_MISMATCH", facts: { what: "the set of foreign inputs" } };
    await expect(evaluate(map(model, board.descriptor), board, set)).rejects.toMatchObject(wanted);
    expect(() => evaluateReference(model, set)).toThrow(/foreign/);
  });

  it("takes each figure from the items it is of, foreign inputs as what is to be found", () => {
    const [known, ood] = [inputs(30, 16, 5), inputs(20, 16, 6).map((value) => 3 * value)];
    const labels = Array.from({ length: 30 }, (_, k) => k % 4);
    const found = evaluateReference(model, { images: known, labels, ood }, { samples: 20, seed: 3 });
    const samples = referenceSamples(model, Float32Array.of(...known, ...ood), 20, 3);
    const p = predictive(samples);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    for (const name of ["predictiveEntropy", "softmaxEntropy", "mutualInformation"] as const) {
      const [own, foreign] = [Array.from(p[name].slice(0, 30)), Array.from(p[name].slice(30))];
      const pairs = foreign.flatMap((f) => own.map((o) => (Math.sign(f - o) + 1) / 2));
      expect(found[name]).toBeCloseTo(mean(own), 12);
      expect(found.ood![name]).toBeCloseTo(mean(foreign), 12);
      expect(found.ood!.auroc[name]).toBeCloseTo(mean(pairs), 12);
      expect(Math.abs(mean(pairs) - 0.5)).toBeGreaterThan(0.05);
    }
    const right = labels.filter((label, item) => label === p.label[item]).length;
    expect(found.accuracy).toBeCloseTo(right / 30, 12);
    const worth = Array.from({ length: 50 }, (_, item) =>
      effectiveSamples(
        Array.from({ length: 20 }, (_, s) => samples.values[(item * 20 + s) * 4 + p.label[item]!]!),
      ),
    ).sort((a, b) => a - b);
    expect(found.effectiveSamples).toBeCloseTo((worth[24]! + worth[25]!) / 2, 12);
  });

  it("gives the share of layer outputs that the devices overfill", async () => {
    const narrow = { ...denseModel([16, 24, 4], { std: 0.005 }), output: "classes" as const };
    await using board = await simulatedBoard(settings);
    const device = deviceModel(await loadProfile(settings.profile));
    const made = map(narrow, board.descriptor, { device, probes: x });
    await deploy(made, board);
    const options = { samples: 5, seed: 8, device };
    const { samples } = await infer(made, board, x, options);
    const { short } = await evaluate(
      made,
      board,
      { images: x, labels: new Array<number>(12).fill(0) },
      options,
    );
    expect(samples.drawn).toBe(12 * 5 * (24 + 4));
    expect(samples.short).toBeGreaterThan(0);
    expect(short).toBeCloseTo(samples.short / (12 * 5 * 28), 12);
  });

  it("reports on an ideal board what the software reference reports, within Monte-Carlo error", async () => {
    await using board = await simulatedBoard({ profile: "ideal", tiles: 4 });
    const known = inputs(60, 16, 5);
    const set = {
      images: known,
      labels: Array.from({ length: 60 }, (_, k) => k % 4),
      ood: inputs(60, 16, 6).map((value) => 3 * value),
    };
    const device = deviceModel(await loadProfile("ideal"));
    const made = map(model, board.descriptor, { device, probes: set.ood });
    await deploy(made, board);
    const [S, seed] = [400, 2];
    const found = await evaluate(made, board, set, { samples: S, seed, device });
    const wanted = evaluateReference(model, set, { samples: S, seed });
    expect(found).toMatchObject({ n: 60, samples: S, eceBins: 15, saturated: 0 });
    // Entropies are means over 60 items of 400 independent samples each: Monte-Carlo error below 0.01 nat.
    for (const name of ["predictiveEntropy", "softmaxEntropy", "mutualInformation"] as const) {
      expect(Math.abs(found[name] - wanted[name])).toBeLessThan(0.02);
      expect(Math.abs(found.ood![name] - wanted.ood![name])).toBeLessThan(0.02);
    }
    expect(Math.abs(found.nll - wanted.nll)).toBeLessThan(0.03);
    expect(found.effectiveSamples).toBeGreaterThan(0.7 * S);
  });
});
