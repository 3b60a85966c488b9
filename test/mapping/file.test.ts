import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ConductanceMap, map, readMap, writeMap } from "../../src/mapping/index.ts";
import { writeModel } from "../../src/model/index.ts";
import { descriptor } from "../fake-board.ts";
import { convModel, denseModel } from "./models.ts";

const made = map(convModel(), descriptor({ rows: 20 }));
const fresh = (): string => join(mkdtempSync(join(tmpdir(), "mho-")), "map.mho");

async function stored(map: ConductanceMap): Promise<ConductanceMap> {
  const path = fresh();
  await writeMap(path, map);
  return readMap(path);
}
const altered = (change: Partial<ConductanceMap["layers"][number]>): ConductanceMap => ({
  ...made,
  layers: made.layers.map((layer, k) => (k === 1 ? { ...layer, ...change } : layer)),
});

describe("a map on disk", () => {
  it("comes back as it was written, bit for bit, model and all", async () => {
    expect(await stored(made)).toEqual(made);
  });

  it.each([
    [
      "targets that are no conductances",
      altered({ targets: made.layers[1]!.targets.map(() => Number.NaN) }),
      "layer 1 has targets that are no conductances",
    ],
    ["a scale of zero", altered({ gamma: new Float32Array(4) }), "layer 1 has scales that are not positive"],
    [
      "a block missing",
      altered({ blocks: made.layers[1]!.blocks.slice(1) }),
      "layer 1 does not hold each weight once",
    ],
    [
      "a block off the board",
      altered({
        blocks: made.layers[1]!.blocks.map((block) => ({ ...block, area: { ...block.area, tile: 99 } })),
      }),
      "layer 1 has a block beyond the board",
    ],
    [
      "two layers on the same cells",
      altered({
        blocks: made.layers[1]!.blocks.map((block) => ({
          ...block,
          area: { ...block.area, tile: 0, row: 0, col: 0 },
        })),
      }),
      "share cells of tile 0",
    ],
    ["more read-outs a sample than any map asks for", altered({ average: 1e9 }), "average"],
    ["an ADC range the board lacks", altered({ range: 7 }), "layer 1 wants ADC range 7"],
    ["another model inside", { ...made, model: convModel(9) }, "it was made of another model"],
    ["a layer too few", { ...made, layers: made.layers.slice(1) }, "it has 1 layers for a model of 2"],
  ])("is refused with %s", async (_, broken, why) => {
    await expect(stored(broken)).rejects.toMatchObject({
      code: "MAP_INVALID",
      message: expect.stringContaining(why),
    });
  });

  it("is told from a model", async () => {
    const path = fresh();
    await writeModel(path, denseModel([2, 3]));
    await expect(readMap(path)).rejects.toMatchObject({
      code: "FILE_KIND",
      facts: { found: "model", wanted: "map" },
    });
  });
});
