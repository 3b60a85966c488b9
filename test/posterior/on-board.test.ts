import { describe, expect, it } from "vitest";
import { deviceModel, loadProfile } from "#calibration";
import { simulatedBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { shippedDigits, shippedModelPath } from "../../src/datasets/index.ts";
import { deploy } from "../../src/deploy/index.ts";
import { type ConductanceMap, map } from "../../src/mapping/index.ts";
import { type BayesianModel, normalise, readModel } from "../../src/model/index.ts";
import { posteriorSampler } from "../../src/posterior/index.ts";
import { ksCritical, ksTwoSample } from "../calibration/statistics.ts";
import { profileWith } from "../drivers/simulated.ts";
import { denseModel, inputs } from "../mapping/models.ts";
import { momentsOf } from "./moments.ts";

const samples = 4000;
const items = 3;

async function deployed(
  profile: string,
  model: BayesianModel,
  options: Record<string, unknown> = {},
): Promise<{ board: CrossbarBoard; map: ConductanceMap; device: ReturnType<typeof deviceModel> }> {
  const device = deviceModel(await loadProfile(profile));
  const board = await simulatedBoard({ profile, seed: 3, tiles: 4, rows: 64, cols: 64, ...options });
  const made = map(model, board.descriptor, { device, probes: inputs(64, 20), seed: 1 });
  await deploy(made, board);
  return { board, map: made, device };
}

/** z of the difference of two samples' means, and of the logarithm of the ratio of their variances; kurtosis up to 6 allowed. */
function differences(a: Float32Array, b: Float32Array, outputs: number): number[] {
  const [one, two] = [momentsOf(a, outputs), momentsOf(b, outputs)];
  return one.mean.flatMap((m, j) => [
    (m - two.mean[j]!) / Math.sqrt((one.variance[j]! + two.variance[j]!) / samples),
    Math.log(one.variance[j]! / two.variance[j]!) / Math.sqrt((2 * (6 - 1)) / samples),
  ]);
}

describe("a network that the board runs by itself", () => {
  it.each([
    ["ideal", {}, false],
    ["rram-wan2022", { engine: "moment" }, false],
    ["hfox-tsinghua", { engine: "per-device" }, false],
    ["ideal", {}, true],
  ])(
    "has on %s %o the distribution of its layers read out one by one, upwards only: %s",
    async (name, options, upwards) => {
      const model = denseModel([20, 12, 5], { std: 0.2 });
      const profile = upwards
        ? await profileWith(name, (p) =>
            Object.assign(p.dac as object, { bipolar: { value: false, assumed: true } }),
          )
        : name;
      const so = await deployed(profile, model, options);
      await using board = so.board;
      const x = inputs(items, 20);
      const sampled = (layers: "host" | "board") =>
        posteriorSampler(so.map, board, { device: so.device, seed: 7, layers }).sample(x, samples);
      const [host, own] = [await sampled("host"), await sampled("board")];
      expect(own).toMatchObject({ items, samples, outputs: 5, readOuts: host.readOuts, drawn: host.drawn });
      for (let item = 0; item < items; item++) {
        const [a, b] = [host, own].map(({ values }) =>
          values.subarray(item * samples * 5, (item + 1) * samples * 5),
        ) as [Float32Array, Float32Array];
        // 4 profiles × 3 items × 10 z-scores within ± 4.5: false alarm below 0.1 %.
        for (const z of differences(a, b, 5)) expect(Math.abs(z)).toBeLessThan(4.5);
        for (let j = 0; j < 5; j++) {
          const [u, v] = [a, b].map((all) => all.filter((_, at) => at % 5 === j)) as [
            Float32Array,
            Float32Array,
          ];
          // 60 comparisons at 1e-5 each.
          expect(ksTwoSample(u, v) * Math.sqrt(samples / 2)).toBeLessThan(ksCritical);
        }
      }
      const share = (count: number): number => count / (items * samples * 17);
      expect(Math.abs(share(own.short) - share(host.short))).toBeLessThan(0.01);
    },
  );

  it.each(["ideal", "hfox-tsinghua"])(
    "costs at most a twentieth of the wire that its layers cost one by one: the shipped model on %s",
    async (profile) => {
      const device = deviceModel(await loadProfile(profile));
      const model = await readModel(shippedModelPath());
      const { images } = await shippedDigits();
      const x = normalise(model.input, images.values.subarray(0, 20 * 784));
      await using board = await simulatedBoard({ profile, seed: 3 });
      const made = map(model, board.descriptor, { device, probes: x, seed: 1 });
      await deploy(made, board);
      const bytes = async (layers: "host" | "board", samples: number): Promise<number> => {
        const sampler = posteriorSampler(made, board, { device, seed: 7, layers });
        await sampler.sample(x.subarray(0, 784), samples); // the plan is stored once
        const { host: before } = await board.linkFigures();
        await sampler.sample(x, samples);
        const { host } = await board.linkFigures();
        return host.bytesIn + host.bytesOut - before.bytesIn - before.bytesOut;
      };
      expect((await bytes("host", 100)) / (await bytes("board", 100))).toBeGreaterThan(20);
    },
  );
});
