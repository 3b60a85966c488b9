import { z } from "zod";
import { MhoError } from "#protocol";
import { formatNpy, type Tensor } from "../datasets/index.ts";
import { type Container, floats, readContainer, sha256Of, writeContainer } from "./container.ts";
import type { BayesianModel, Gaussians, Layer, WeightLayer } from "./types.ts";

const count = z.int().positive();
const bias = z.boolean();
const pool = { size: count, stride: count };

const StoredLayer = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("dense"), name: z.string(), inputs: count, outputs: count, bias }),
  z.strictObject({
    type: z.literal("conv2d"),
    name: z.string(),
    inChannels: count,
    outChannels: count,
    kernel: count,
    stride: count,
    padding: z.int().min(0),
    bias,
  }),
  z.strictObject({ type: z.literal("relu") }),
  z.strictObject({ type: z.literal("maxpool"), ...pool }),
  z.strictObject({ type: z.literal("avgpool"), ...pool }),
  z.strictObject({ type: z.literal("flatten") }),
]);
type StoredLayer = z.output<typeof StoredLayer>;

/** What a model is but for its weights, as it stands in the manifest of a `.mho` file. */
export const StoredModel = z.strictObject({
  name: z.string(),
  input: z.strictObject({
    shape: z.array(count).min(1),
    scale: z.number(),
    mean: z.number(),
    std: z.number(),
  }),
  layers: z.array(StoredLayer).min(1),
  output: z.enum(["classes", "values"]),
  provenance: z.strictObject({
    library: z.string(),
    std: z.string(),
    file: z.string(),
    sha256: z.string(),
    notes: z.array(z.string()),
  }),
});
export type StoredModel = z.output<typeof StoredModel>;

/** Whether a layer has weights, and so cells on a board. */
export const isWeightLayer = (layer: Layer): layer is WeightLayer =>
  layer.type === "dense" || layer.type === "conv2d";

/** Shape of a layer's weights in torch order: [outputs, inputs] or [outChannels, inChannels, kernel, kernel]. */
export const weightShape = (layer: Omit<WeightLayer, "weight" | "bias"> | WeightLayer): number[] => {
  const any = layer as WeightLayer;
  return any.type === "dense"
    ? [any.outputs, any.inputs]
    : [any.outChannels, any.inChannels, any.kernel, any.kernel];
};

/** What goes into the manifest of a container that holds a model: all but the weights. */
export function manifestOf(model: BayesianModel): StoredModel {
  const layers = model.layers.map((layer): StoredLayer => {
    if (!isWeightLayer(layer)) return layer;
    const { weight: _, ...rest } = layer;
    return { ...rest, bias: layer.bias !== undefined };
  });
  return {
    ...model,
    input: { ...model.input, shape: [...model.input.shape] },
    layers,
    provenance: { ...model.provenance, notes: [...model.provenance.notes] },
  };
}

const arrayName = (index: number, part: string): string => `model/${index}/${part}`;

/** The weights of a model as named arrays of a container: `model/<layer>/weight.mean`, `….weight.std`, `….bias.mean`, `….bias.std`. */
export function* arraysOf(model: BayesianModel): Generator<[string, Tensor]> {
  for (const [index, layer] of model.layers.entries()) {
    if (!isWeightLayer(layer)) continue;
    const shape = weightShape(layer);
    yield [arrayName(index, "weight.mean"), { shape, values: layer.weight.mean }];
    yield [arrayName(index, "weight.std"), { shape, values: layer.weight.std }];
    if (layer.bias === undefined) continue;
    yield [arrayName(index, "bias.mean"), { shape: [shape[0]!], values: layer.bias.mean }];
    yield [arrayName(index, "bias.std"), { shape: [shape[0]!], values: layer.bias.std }];
  }
}

/**
 * The model in a container, from its part of the manifest and the arrays that `arraysOf` made. Errors: FILE_BROKEN, WEIGHT_NOT_FINITE.
 * A map file holds its model in the same way.
 */
export function modelIn(container: Container, stored: unknown, path: string): BayesianModel {
  const parsed = StoredModel.safeParse(stored);
  if (!parsed.success)
    throw new MhoError("FILE_BROKEN", { path, kind: "model", why: z.prettifyError(parsed.error) });
  const finite = (name: string, shape: readonly number[]): Float32Array => {
    const values = floats(container, name, { path, shape });
    const count = values.filter((value) => !Number.isFinite(value)).length;
    if (count > 0) throw new MhoError("WEIGHT_NOT_FINITE", { key: name, count });
    return values;
  };
  const gaussians = (index: number, part: string, shape: readonly number[]): Gaussians => ({
    mean: finite(arrayName(index, `${part}.mean`), shape),
    std: finite(arrayName(index, `${part}.std`), shape),
  });
  const layers = parsed.data.layers.map((layer, index): Layer => {
    if (layer.type !== "dense" && layer.type !== "conv2d") return layer;
    const { bias: biased, ...rest } = layer;
    const shape = weightShape(rest as Omit<WeightLayer, "weight">);
    const weight = gaussians(index, "weight", shape);
    return { ...rest, weight, ...(biased ? { bias: gaussians(index, "bias", [shape[0]!]) } : {}) };
  });
  return { ...parsed.data, layers };
}

const kind = "model";

/** Writes a model as a `.mho` file. Errors: FILE_UNWRITABLE. */
export async function writeModel(path: string, model: BayesianModel): Promise<void> {
  await writeContainer(path, kind, manifestOf(model), arraysOf(model));
}

/** Reads a model from a `.mho` file. Errors: FILE_UNREADABLE, FILE_BROKEN, FILE_KIND, WEIGHT_NOT_FINITE. */
export async function readModel(path: string): Promise<BayesianModel> {
  const container = await readContainer(path, kind);
  return modelIn(container, container.manifest, path);
}

/** SHA-256 over a model's layers and weights: the same for the same network, whatever file it came from. */
export function modelSha256(model: BayesianModel): string {
  const { input, layers, output } = manifestOf(model);
  const arrays = [...arraysOf(model)].map(([name, tensor]) => [name, sha256Of(formatNpy(tensor))]);
  return sha256Of(Buffer.from(JSON.stringify({ input, layers, output, arrays })));
}
