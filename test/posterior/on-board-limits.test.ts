import { beforeAll, describe, expect, it } from "vitest";
import { simulatedBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { deploy } from "../../src/deploy/index.ts";
import { type ConductanceMap, map } from "../../src/mapping/index.ts";
import { type PosteriorSamples, posteriorSampler } from "../../src/posterior/index.ts";
import { ksCritical, ksTwoSample } from "../calibration/statistics.ts";
import { denseModel, inputs } from "../mapping/models.ts";

let board: CrossbarBoard;
let made: ConductanceMap;
beforeAll(async () => {
  board = await simulatedBoard({ profile: "ideal", seed: 3, tiles: 1, rows: 16, cols: 16 });
  made = map(denseModel([8, 3]), board.descriptor, { probes: inputs(32, 8), seed: 1 });
  await deploy(made, board);
});

const sampled = (
  so: { layers: "auto" | "board" | "host"; seed?: number; firstItem?: number },
  samples = 4,
): Promise<PosteriorSamples> =>
  posteriorSampler(made, board, { seed: so.seed ?? 1, layers: so.layers }).sample(inputs(2, 8), samples, {
    firstItem: so.firstItem ?? 0,
  });

describe("outputs as codes", () => {
  // Standard deviations of the weights as shares of what their means spread: a posterior of a few ADC codes, and one wider than its means.
  it.each([0.006, 0.02, 40])("hold the spread of a posterior of %f", async (std) => {
    const model = denseModel([200, 5], { std, bias: false });
    await using board = await simulatedBoard({ profile: "ideal", seed: 3, tiles: 4, rows: 64, cols: 64 });
    const made = map(model, board.descriptor, { probes: inputs(64, 200), seed: 1 });
    await deploy(made, board);
    const samples = 2000;
    const x = inputs(2, 200).map((value) => 1.5 * value); // some are cut
    const [host, own] = await Promise.all(
      (["host", "board"] as const).map((layers) =>
        posteriorSampler(made, board, { seed: 7, layers }).sample(x, samples),
      ),
    );
    expect(host!.clipped).toBeGreaterThan(0);
    expect(own).toMatchObject({ clipped: host!.clipped, short: host!.short, saturated: host!.saturated });
    for (let at = 0; at < 10; at++) {
      const [a, b] = [host!, own!].map(({ values }) =>
        values.filter((_, i) => i % 5 === at % 5 && Math.floor(i / (5 * samples)) === Math.floor(at / 5)),
      ) as [Float32Array, Float32Array];
      // 30 comparisons at 1e-5 each.
      expect(ksTwoSample(a, b) * Math.sqrt(samples / 2)).toBeLessThan(ksCritical);
    }
  });
});

describe("what the wire has no room for", () => {
  it("goes layer by layer where samples are more than it counts, unless the board is insisted on", async () => {
    const [own, host] = [
      await sampled({ layers: "auto" }, 65_536),
      await sampled({ layers: "host" }, 65_536),
    ];
    expect(own.values).toEqual(host.values);
    await expect(sampled({ layers: "board" }, 65_536)).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  });

  it("is not a seed: each has its own draws, also one of more than 32 bits", async () => {
    const seeds = [5, 2 ** 32 - 1, 2 ** 32 + 5, 3 * 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];
    const all = await Promise.all(seeds.map((seed) => sampled({ layers: "board", seed })));
    expect(new Set(all.map(({ values }) => values.join())).size).toBe(seeds.length);
    expect((await sampled({ layers: "board", seed: 2 ** 32 + 5 })).values).toEqual(all[2]!.values);
  });

  it("is not the number of an item: the wire's begin again at 0", async () => {
    const [late, early] = [
      await sampled({ layers: "board", firstItem: 2 ** 32 }),
      await sampled({ layers: "board", firstItem: 0 }),
    ];
    expect(late.values).toEqual(early.values);
  });
});
