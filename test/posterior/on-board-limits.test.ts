import { beforeAll, describe, expect, it } from "vitest";
import { simulatedBoard } from "#drivers";
import type { CrossbarBoard } from "#protocol";
import { deploy } from "../../src/deploy/index.ts";
import { type ConductanceMap, map } from "../../src/mapping/index.ts";
import { type PosteriorSamples, posteriorSampler } from "../../src/posterior/index.ts";
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
