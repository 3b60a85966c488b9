import { MhoError } from "#protocol";
import type { Arch, ArchLayer } from "./arch.ts";
import { outputShape } from "./digital.ts";
import type { NamedLayer } from "./naming/layers.ts";
import type { Weights } from "./naming/weights.ts";
import type { Conv2dLayer, DenseLayer, InputSpec, Layer, WeightLayer } from "./types.ts";

/** A network put together from named layers: all of a model but where it came from. */
export interface Network {
  readonly input: InputSpec;
  readonly layers: readonly Layer[];
  readonly output: "classes" | "values";
  readonly notes: readonly string[];
}

type ArchWeightLayer = Extract<ArchLayer, { type: "dense" | "conv2d" }>;

const written = (shape: readonly number[]): string => shape.join("×");

/**
 * The network that an arch file describes, every layer's shape checked against the one before it.
 * Errors: ARCH_INVALID where a prefix fits no layer or several, SHAPE_MISMATCH with both shapes.
 */
export function withArch(arch: Arch, named: readonly NamedLayer[]): Network {
  const used = new Set<NamedLayer>();
  const layers = arch.layers.map((layer): Layer => {
    if (layer.type === "maxpool" || layer.type === "avgpool")
      return { ...layer, stride: layer.stride ?? layer.size };
    if (layer.type !== "dense" && layer.type !== "conv2d") return layer;
    const found = layerOf(layer.weights, named);
    used.add(found);
    return layer.type === "dense" ? dense(found, layer.bias) : conv2d(found, layer);
  });
  layers.reduce<readonly number[]>((shape, layer) => outputShape(layer, shape), arch.input.shape);
  const left = named.filter((layer) => !used.has(layer)).map((layer) => layer.name);
  const notes =
    left.length === 0 ? [] : [`Layers of the file that the arch file does not use: ${left.join(", ")}.`];
  return { input: arch.input, layers, output: arch.output, notes };
}

/** `weights` is a layer's name, or the beginning of its keys up to a separator. */
function layerOf(weights: string, named: readonly NamedLayer[]): NamedLayer {
  const begins = (key: string): boolean =>
    key.startsWith(weights) && (key.length === weights.length || /[._/]/.test(key[weights.length]!));
  const exact = named.filter((layer) => layer.name === weights);
  const fits = exact.length > 0 ? exact : named.filter((layer) => begins(layer.weight.key));
  if (fits.length === 1) return fits[0]!;
  const names = named.map((layer) => layer.name).join(", ");
  const why =
    fits.length === 0
      ? `no layer's keys begin with "${weights}"; there are ${names}`
      : `"${weights}" fits ${fits.map((l) => l.name).join(", ")}`;
  throw new MhoError("ARCH_INVALID", { why });
}

function dense(found: NamedLayer, bias: boolean | undefined): DenseLayer {
  const { name, weight } = found;
  const [outputs, inputs] = weight.shape;
  if (weight.shape.length !== 2) {
    throw new MhoError("SHAPE_MISMATCH", {
      what: weight.key,
      found: written(weight.shape),
      wanted: "outputs × inputs for a dense layer",
    });
  }
  return {
    type: "dense",
    name,
    inputs: inputs!,
    outputs: outputs!,
    weight: weight.gaussians,
    ...biasOf(found, outputs!, bias),
  };
}

function conv2d(found: NamedLayer, layer: Extract<ArchWeightLayer, { type: "conv2d" }>): Conv2dLayer {
  const { name, weight } = found;
  const [outChannels, inChannels, kernel, width] = weight.shape;
  const wanted = `outputs × inputs × ${layer.kernel ?? "k"} × ${layer.kernel ?? "k"} for a conv2d layer`;
  if (weight.shape.length !== 4 || kernel !== width || kernel !== (layer.kernel ?? kernel)) {
    throw new MhoError("SHAPE_MISMATCH", { what: weight.key, found: written(weight.shape), wanted });
  }
  const { stride, padding } = layer;
  const shape = { outChannels: outChannels!, inChannels: inChannels!, kernel: kernel!, stride, padding };
  return {
    type: "conv2d",
    name,
    ...shape,
    weight: weight.gaussians,
    ...biasOf(found, outChannels!, layer.bias),
  };
}

function biasOf(
  { bias }: NamedLayer,
  outputs: number,
  wanted: boolean | undefined,
): Pick<WeightLayer, "bias"> {
  if (bias === undefined || wanted === false) return {};
  checkBias(bias, outputs);
  return { bias: bias.gaussians };
}

function checkBias(bias: Weights, outputs: number): void {
  if (bias.shape.length === 1 && bias.shape[0] === outputs) return;
  throw new MhoError("SHAPE_MISMATCH", { what: bias.key, found: written(bias.shape), wanted: `${outputs}` });
}

/**
 * A stack of dense layers with ReLU between them, where a weights file holds nothing else and the shapes join.
 * Errors: ARCH_NEEDED with what does not.
 */
export function stacked(named: readonly NamedLayer[], unused: readonly string[], path: string): Network {
  const needed = (why: string): MhoError => new MhoError("ARCH_NEEDED", { path, why });
  if (named.length === 0) throw needed("no layer in it has weights");
  if (unused.length > 0) throw needed(`it is not known what ${unused.slice(0, 8).join(", ")} is for`);
  const flat = named.find((layer) => layer.weight.shape.length !== 2);
  if (flat !== undefined)
    throw needed(`${flat.weight.key} has shape ${written(flat.weight.shape)}, which is no dense layer's`);
  const denses = named.map((layer) => dense(layer, undefined));
  for (const [i, layer] of denses.slice(1).entries()) {
    const before = denses[i]!;
    if (before.outputs !== layer.inputs) {
      throw needed(`${before.name} gives ${before.outputs} values and ${layer.name} takes ${layer.inputs}`);
    }
  }
  const layers = denses.flatMap((layer, i): Layer[] => (i === 0 ? [layer] : [{ type: "relu" }, layer]));
  const input = { shape: [denses[0]!.inputs], scale: 1, mean: 0, std: 1 };
  const notes = [
    `No arch file: taken as dense layers ${denses.map((layer) => layer.name).join(" → ")}${denses.length > 1 ? " with ReLU between them" : ""}, ` +
      "inputs as they are, outputs as logits.",
  ];
  return { input, layers, output: "classes", notes };
}
