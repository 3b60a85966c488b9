import { z } from "zod";
import { amps, MhoError, siemens, volts } from "#protocol";
import {
  arraysOf,
  floats,
  manifestOf,
  modelIn,
  modelSha256,
  readContainer,
  writeContainer,
} from "../model/index.ts";
import { networkOf } from "./stages.ts";
import type { ConductanceMap, MappedLayer } from "./types.ts";

const count = z.int().positive();
const index = z.int().min(0);
const finite = z.number();
/** Read-outs a sample that any map may ask for; `map` itself stops at 16. */
const mostAverage = 1024;

const StoredBlock = z.strictObject({
  area: z.strictObject({ tile: index, row: index, col: index, rows: count, cols: count }),
  input: index,
  output: index,
});
const StoredLayer = z.strictObject({
  layer: index,
  inputs: count,
  outputs: count,
  code: z.strictObject({
    signs: z.array(z.union([z.literal(1), z.literal(-1)])).min(1),
    offset: finite.transform(siemens),
  }),
  blocks: z.array(StoredBlock).min(1),
  inputLsb: finite.positive(),
  signed: z.boolean(),
  range: index,
  average: count.max(mostAverage),
  budget: z.strictObject({
    asked: finite,
    device: finite,
    programming: finite,
    short: finite,
    clipped: finite,
  }),
});
const StoredMap = z.strictObject({
  model: z.unknown(),
  modelSha256: z.string(),
  tolerance: finite.positive().transform(siemens),
  scalesFrom: z.string(),
  board: z.strictObject({
    uid: z.string(),
    profile: z.string(),
    tiles: count,
    rows: count,
    cols: count,
    dac: z.strictObject({ min: z.int(), max: count, lsb: finite.positive().transform(volts) }),
    adc: z.strictObject({ bits: count, ranges: z.array(finite.positive().transform(amps)).min(1) }),
  }),
  layers: z.array(StoredLayer).min(1),
});

const kind = "map";

/** Writes a map as a `.mho` file, its model in it. Whole or not at all. Errors: FILE_UNWRITABLE. */
export async function writeMap(path: string, map: ConductanceMap): Promise<void> {
  const arrays = [...arraysOf(map.model)];
  const layers = map.layers.map(({ targets, gamma, ...rest }, k) => {
    arrays.push([
      `map/${k}/targets`,
      { shape: [rest.inputs, rest.outputs, rest.code.signs.length], values: targets },
    ]);
    arrays.push([`map/${k}/gamma`, { shape: [rest.outputs], values: gamma }]);
    return rest;
  });
  await writeContainer(path, kind, { ...map, model: manifestOf(map.model), layers }, arrays);
}

/** Reads a map from a `.mho` file. Errors: FILE_UNREADABLE, FILE_BROKEN, FILE_KIND, MAP_INVALID. */
export async function readMap(path: string): Promise<ConductanceMap> {
  const container = await readContainer(path, kind);
  const parsed = StoredMap.safeParse(container.manifest);
  if (!parsed.success) throw new MhoError("MAP_INVALID", { why: z.prettifyError(parsed.error) });
  const model = modelIn(container, parsed.data.model, path);
  const layers = parsed.data.layers.map((layer, k): MappedLayer => {
    const shape = [layer.inputs, layer.outputs, layer.code.signs.length];
    const targets = floats(container, `map/${k}/targets`, { path, shape });
    return {
      ...layer,
      targets,
      gamma: floats(container, `map/${k}/gamma`, { path, shape: [layer.outputs] }),
    };
  });
  return checked({ ...parsed.data, model, layers });
}

/** Why a map cannot be run, or nothing: what a hand-made or altered file may get wrong beyond its types. */
function fault(map: ConductanceMap): string | undefined {
  const { stages } = networkOf(map.model);
  if (modelSha256(map.model) !== map.modelSha256) return "it was made of another model than the one in it";
  if (stages.length !== map.layers.length)
    return `it has ${map.layers.length} layers for a model of ${stages.length}`;
  for (const [k, layer] of map.layers.entries()) {
    const { index: wanted, inputs, outputs } = stages[k]!;
    if (layer.layer !== wanted || layer.inputs !== inputs || layer.outputs !== outputs)
      return `layer ${k} has another shape than the model's`;
    if (layer.range >= map.board.adc.ranges.length) return `layer ${k} wants ADC range ${layer.range}`;
    if (!layer.targets.every((g) => g >= 0 && g < 1))
      return `layer ${k} has targets that are no conductances`;
    if (!layer.gamma.every((gamma) => gamma > 0 && gamma < Number.POSITIVE_INFINITY))
      return `layer ${k} has scales that are not positive`;
    const placed = misplaced(map, layer);
    if (placed !== undefined) return `layer ${k} ${placed}`;
  }
  return overlapping(map);
}

/** Two blocks that want the same cell of a tile. */
function overlapping({ layers }: ConductanceMap): string | undefined {
  const areas = layers.flatMap(({ blocks }, layer) => blocks.map(({ area }) => ({ layer, area })));
  for (const [k, { layer, area: a }] of areas.entries())
    for (const { layer: other, area: b } of areas.slice(0, k))
      if (
        a.tile === b.tile &&
        a.row < b.row + b.rows &&
        b.row < a.row + a.rows &&
        a.col < b.col + b.cols &&
        b.col < a.col + a.cols
      )
        return `layers ${other} and ${layer} share cells of tile ${a.tile}`;
  return undefined;
}

function misplaced(
  { board }: ConductanceMap,
  { inputs, outputs, code, blocks }: MappedLayer,
): string | undefined {
  const devices = code.signs.length;
  const weights = new Uint8Array(inputs * outputs);
  for (const { area, input, output } of blocks) {
    const onBoard =
      area.tile < board.tiles && area.row + area.rows <= board.rows && area.col + area.cols <= board.cols;
    const width = area.cols / devices;
    if (!onBoard || !Number.isInteger(width) || input + area.rows > inputs || output + width > outputs)
      return "has a block beyond the board or the layer";
    for (let i = input; i < input + area.rows; i++)
      for (let j = output; j < output + width; j++) weights[i * outputs + j]!++;
  }
  return weights.every((times) => times === 1) ? undefined : "does not hold each weight once";
}

function checked(map: ConductanceMap): ConductanceMap {
  const why = fault(map);
  if (why !== undefined) throw new MhoError("MAP_INVALID", { why });
  return map;
}
