import { describe, expect, it } from "vitest";
import { deviceModel, loadProfile } from "#calibration";
import { simulatedBoard } from "#drivers";
import { siemens } from "#protocol";
import { deploy } from "../../src/deploy/index.ts";
import { type MapOptions, map, networkOf, usualAge } from "../../src/mapping/index.ts";
import type { BayesianModel, Layer } from "../../src/model/index.ts";
import { posteriorSampler } from "../../src/posterior/index.ts";
import { boardPlan, isPlannable } from "../../src/posterior/plan.ts";
import { topUpOf } from "../../src/posterior/top-up.ts";
import { ksCritical, ksTwoSample } from "../calibration/statistics.ts";
import { profileWith } from "../drivers/simulated.ts";
import { convModel, denseModel, inputs, modelOf } from "../mapping/models.ts";

const samples = 2000;
const items = 2;

const without = (model: BayesianModel, type: Layer["type"]): BayesianModel =>
  modelOf(
    model.layers.filter((layer) => layer.type !== type),
    model.input.shape,
  );
const dense = (widths: readonly number[], std: number): BayesianModel => denseModel(widths, { std });

interface Case {
  readonly model: BayesianModel;
  readonly profile: string;
  readonly upwards?: boolean;
  readonly devices?: number;
  /** What the plan of the first and the second layer must have, so that the case is one. */
  readonly has: readonly object[];
}
const cases: Record<string, Case> = {
  "three devices a weight and an offset": {
    ...{ model: dense([20, 12, 5], 0.2), profile: "ideal", devices: 3 },
    has: [{ signs: [1, 1, 1] }, { signs: [1, 1, 1] }],
  },
  "three devices a weight, an offset, and two phases": {
    ...{ model: dense([20, 12, 5], 0.2), profile: "ideal", devices: 3, upwards: true },
    has: [{ signs: [1, 1, 1], twoPhases: true }, { twoPhases: false }],
  },
  "averages of read-outs": {
    ...{ model: dense([40, 12, 5], 0.02), profile: "hfox-tsinghua" },
    has: [{ average: 5 }, { average: 2 }],
  },
  "hidden inputs below zero, in two phases": {
    ...{ model: without(dense([20, 12, 5], 0.2), "relu"), profile: "ideal", upwards: true },
    has: [{ relu: false, twoPhases: true }, { twoPhases: true }],
  },
  "blocks of rows and columns": {
    ...{ model: dense([200, 40, 5], 0.2), profile: "cmo-hfox" },
    has: [{ blocks: { length: 8 } }, { blocks: { length: 1 } }],
  },
};

async function ready({ model, profile, upwards, devices }: Case) {
  const bipolar = { bipolar: { value: false, assumed: true } };
  const path = upwards ? await profileWith(profile, (p) => Object.assign(p.dac as object, bipolar)) : profile;
  const device = deviceModel(await loadProfile(path));
  const board = await simulatedBoard({ profile: path, seed: 3, tiles: 12, rows: 64, cols: 64 });
  const { min, max } = board.descriptor.conductance;
  const code = devices && {
    signs: new Array<1>(devices).fill(1),
    offset: siemens((devices * (min + max)) / 2),
  };
  const options: MapOptions = {
    device,
    probes: inputs(64, model.input.shape[0]!),
    seed: 1,
    ...(code && { code }),
  };
  const made = map(model, board.descriptor, options);
  await deploy(made, board);
  const network = networkOf(made.model);
  const source = { board: made.board, device, age: usualAge };
  const topUps = made.layers.map((layer, k) => topUpOf(network.stages[k]!, layer, source));
  return { board, made, device, plan: boardPlan(network, made.layers, topUps, board.descriptor).plan };
}

describe.each(Object.entries(cases))("a network with %s", (_, one) => {
  it("has on the board the distribution and counts of its layers one by one", async () => {
    const { board, made, device, plan } = await ready(one);
    expect(plan.layers).toMatchObject(one.has);
    // Half as much again as the probes: some inputs are cut, on both sides.
    const x = inputs(items, made.model.input.shape[0]!).map((value) => 1.5 * value);
    const [host, own] = await Promise.all(
      (["host", "board"] as const).map((layers) =>
        posteriorSampler(made, board, { device, seed: 7, layers }).sample(x, samples),
      ),
    );
    const outputs = own!.outputs;
    for (let at = 0; at < items * outputs; at++) {
      const [a, b] = [host!, own!].map(({ values }) =>
        values.filter(
          (_, i) =>
            i % outputs === at % outputs && Math.floor(i / (outputs * samples)) === Math.floor(at / outputs),
        ),
      ) as [Float32Array, Float32Array];
      // 50 comparisons at 1e-5 each.
      expect(ksTwoSample(a, b) * Math.sqrt(samples / 2)).toBeLessThan(ksCritical);
    }
    expect(own!.readOuts).toBe(host!.readOuts);
    for (const count of ["clipped", "saturated", "short"] as const)
      expect(Math.abs(own![count] - host![count])).toBeLessThan(
        5 * Math.sqrt(own![count] + host![count] + 1),
      );
    await board.close();
  });

  it("has outputs that hold all that its converters can give", async () => {
    const { board, plan } = await ready(one);
    const last = plan.layers.at(-1)!;
    const rows = new Set(last.blocks.map(({ input }) => input)).size;
    const most =
      2 ** (board.descriptor.adc.bits - 1) *
      rows *
      last.signs.length *
      last.average *
      (last.twoPhases ? 2 : 1);
    last.scale.forEach((scale, j) => {
      expect(scale * most + Math.abs(last.bias[j]!)).toBeLessThan(2 ** 15);
      expect(scale * most + Math.abs(last.bias[j]!)).toBeGreaterThan(2 ** 12);
    });
    await board.close();
  });
});

describe("a board can run", () => {
  const [first, relu, second] = dense([8, 4, 3], 0.1).layers as [Layer, Layer, Layer];
  it.each<[string, BayesianModel, boolean]>([
    ["dense layers with ReLU between them", modelOf([first, relu, second], [8]), true],
    ["dense layers of an image", modelOf([{ type: "flatten" }, first, relu, second], [2, 4]), true],
    ["no convolutions", convModel(), false],
    ["nothing behind the last layer", modelOf([first, relu, second, relu], [8]), false],
    ["nothing but a flattening before the first", modelOf([relu, first], [8]), false],
  ])("%s", (_, model, able) => {
    expect(isPlannable(networkOf(model))).toBe(able);
  });
});
