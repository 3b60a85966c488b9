import type { BayesianModel, DenseLayer, Gaussians, InputSpec, Layer } from "../model/index.ts";
import type { Floats, VariationalLayer, VariationalNet } from "./net.ts";

/** Input-by-input weights of `count` rows → outputs × inputs, torch's order. */
function transposed(values: Floats, count: number, outputs: number): Float32Array {
  const out = new Float32Array(count * outputs);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < outputs; j++) out[j * count + i] = values[i * outputs + j]!;
  return out;
}

function denseLayer({ rows, outputs, mean, std }: VariationalLayer, name: string): DenseLayer {
  const inputs = rows - 1;
  const weight: Gaussians = {
    mean: transposed(mean, inputs, outputs),
    std: transposed(std, inputs, outputs),
  };
  const bias: Gaussians = {
    mean: Float32Array.from(mean.subarray(inputs * outputs)),
    std: Float32Array.from(std.subarray(inputs * outputs)),
  };
  return { type: "dense", name, inputs, outputs, weight, bias };
}

/** The net as a model: flatten where inputs are images, then dense layers with ReLU between them; outputs are logits. */
export function modelOf(
  net: VariationalNet,
  { name, input, notes }: { name: string; input: InputSpec; notes: readonly string[] },
): BayesianModel {
  const dense = net.layers.map((layer, l) => denseLayer(layer, `fc${l + 1}`));
  const layers: Layer[] = dense.flatMap((layer, l) =>
    l === 0 ? [layer] : [{ type: "relu" } as const, layer],
  );
  return {
    name,
    input,
    layers: input.shape.length > 1 ? [{ type: "flatten" }, ...layers] : layers,
    output: "classes",
    provenance: { library: "mho", std: "direct", file: "", sha256: "", notes },
  };
}
