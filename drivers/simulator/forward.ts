import { fillNormals, streams } from "#calibration";
import type { Area, ForwardPlan, PlanLayer, Request } from "#protocol";
import type { ForwardSamples } from "./core.ts";

/** Reads one area of a board: vectors × repeats × cols codes, of read-outs numbered from `firstSample`. */
export type ReadArea = (
  area: Area,
  range: number,
  so: { readonly inputs: Int16Array; readonly repeats: number; readonly firstSample: number },
) => { readonly codes: Int16Array; readonly saturated: number };

/** Where the noise of some samples of one item is found. */
interface Place {
  readonly seed: number;
  readonly item: number;
  /** Samples of an item in the request, and which of them are wanted. */
  readonly samples: number;
  readonly first: number;
  readonly count: number;
}

type Counts = { -readonly [K in "saturated" | "clipped" | "short"]: number };

/** Samples `first` … `first + count` of a stored network: see `BoardCore.forward`. The law is that of `PlanLayer`. */
export function forwardThrough(
  plan: ForwardPlan,
  { samples, firstItem, seed }: Request<"forward">,
  inputs: Int16Array,
  { first, count, read }: { first: number; count: number; read: ReadArea },
): ForwardSamples {
  const [size, outputs] = [plan.layers[0]!.inputs, plan.layers.at(-1)!.outputs];
  const counts: Counts = { saturated: 0, clipped: 0, short: 0 };
  const codes = new Int16Array(count * outputs);
  for (let at = first; at < first + count; ) {
    const item = Math.floor(at / samples);
    const k = at % samples;
    const here = Math.min(samples - k, first + count - at);
    const place: Place = { seed, item: firstItem + item, samples, first: k, count: here };
    let values = inputs.subarray(item * size, (item + 1) * size);
    for (const [l, layer] of plan.layers.entries())
      values = throughLayer(layer, values, { ...place, layer: l, read, counts });
    codes.set(values, (at - first) * outputs);
    at += here;
  }
  return { codes, ...counts };
}

interface At extends Place {
  readonly layer: number;
  readonly read: ReadArea;
  readonly counts: Counts;
}

/** One layer of `count` samples, from input codes of one vector, or of one a sample, to `count` × outputs codes. */
function throughLayer(layer: PlanLayer, inputs: Int16Array, at: At): Int16Array {
  const { outputs } = layer;
  const sums = sumsOf(layer, inputs, at);
  const vectors = inputs.length / layer.inputs;
  const out = new Int16Array(at.count * outputs);
  const noise = new Float32Array(outputs);
  let drawn: { total: number; deviations: Float64Array } | undefined;
  for (let s = 0; s < at.count; s++) {
    if (s < vectors) drawn = added(layer, inputs.subarray(s * layer.inputs, (s + 1) * layer.inputs));
    const { total, deviations } = drawn!;
    fillNormals(noise, at.seed, streams.topUp, at.layer, at.item * at.samples + at.first + s);
    for (let j = 0; j < outputs; j++) {
      if (deviations[j]! < 0) at.counts.short++;
      let z = layer.scale[j]! * sums[s * outputs + j]! + layer.bias[j]! + layer.offset[j]! * total;
      z += Math.max(0, deviations[j]!) * noise[j]!;
      const code = Math.floor((layer.relu ? Math.max(0, z) : z) + 0.5);
      if (code < layer.low || code > layer.high) at.counts.clipped++;
      out[s * outputs + j] = Math.min(layer.high, Math.max(layer.low, code));
    }
  }
  return out;
}

/** Sum of the input codes, and each output's standard deviation of the noise to add; −1 where the devices are too noisy. */
function added(
  { inputs, outputs, floor, topUp }: PlanLayer,
  codes: Int16Array,
): { total: number; deviations: Float64Array } {
  const variances = new Float64Array(outputs);
  let total = 0;
  for (let i = 0; i < inputs; i++) {
    const x = codes[i]!;
    total += x;
    if (topUp && x !== 0)
      for (let j = 0; j < outputs; j++) variances[j]! += x * x * topUp.codes[i * outputs + j]!;
  }
  const deviations = variances.map((sum, j) => {
    const variance = sum * (topUp?.lsb[j] ?? 0) + floor[j]!;
    return variance < 0 ? -1 : Math.sqrt(variance);
  });
  return { total, deviations };
}

/** Signed sums of the codes over read-outs, blocks, devices and phases: count × outputs. */
function sumsOf(layer: PlanLayer, inputs: Int16Array, at: At): Float64Array {
  const sums = new Float64Array(at.count * layer.outputs);
  const devices = layer.signs.length;
  const shared = inputs.length === layer.inputs;
  const phases: readonly (0 | 1 | -1)[] = layer.twoPhases ? [1, -1] : [0];
  for (const [p, phase] of phases.entries()) {
    const turn = (at.item * phases.length + p) * at.samples + at.first;
    const firstSample = (turn * layer.average) % 2 ** 32;
    for (const block of layer.blocks) {
      const driven = rowsOf(layer, block, inputs, phase);
      const repeats = shared ? at.count * layer.average : layer.average;
      const { codes, saturated } = at.read(block, layer.range, { inputs: driven, repeats, firstSample });
      at.counts.saturated += saturated;
      for (let r = 0, from = 0; from < codes.length; r++)
        for (let c = 0; c < block.cols; c++, from++) {
          const to = Math.floor(r / layer.average) * layer.outputs + block.output + Math.floor(c / devices);
          sums[to]! += layer.signs[c % devices]! * (phase === -1 ? -1 : 1) * codes[from]!;
        }
    }
  }
  return sums;
}

/** Input codes of a block, of one sign where each sign has its phase: vectors × rows. */
function rowsOf(
  { inputs }: PlanLayer,
  { input, rows }: PlanLayer["blocks"][number],
  codes: Int16Array,
  phase: 0 | 1 | -1,
): Int16Array {
  const vectors = codes.length / inputs;
  const out = new Int16Array(vectors * rows);
  for (let v = 0, at = 0; v < vectors; v++)
    for (let i = 0; i < rows; i++, at++) {
      const code = codes[v * inputs + input + i]!;
      out[at] = phase === 0 ? code : Math.max(0, phase * code);
    }
  return out;
}
