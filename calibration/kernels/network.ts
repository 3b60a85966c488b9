import { keyOf } from "../sfc32.ts";
import { type Call, type Done, type Engine, float32s, type Job, places } from "./job.ts";
import { type PlacedLayer, placeLayer } from "./network-layers.ts";
import { type Matrix, padded } from "./panels.ts";
import { scratch } from "./wasm.ts";

/** A layer on crossbars, differential pairs taken together, with its converters. */
export interface CrossbarLayer extends Matrix {
  /** ADC codes a pair adds for one input code (of the first layer: for an input of 1), and the standard deviation in one read. */
  readonly mean: Float32Array;
  readonly sigma: Float32Array;
  /** Of an ADC code, and added a column: gain · code + bias is the next layer's input, or the network's output. */
  readonly gain: number;
  readonly bias: Float32Array;
  /** Ends of the signed converter: low < 0 < high. */
  readonly low: number;
  readonly high: number;
}

/** Fully connected layers with ReLU between; inputs after the first layer are codes 0 … `inputHigh` ≤ 127. */
export interface NetworkPlan {
  readonly layers: readonly CrossbarLayer[];
  readonly inputHigh: number;
}

export interface Forward {
  /** items × inputs. */
  readonly inputs: Float32Array;
  /** Posterior samples of each item. */
  readonly samples: number;
  readonly seed: number;
  /** Stream of the first layer; layer l has stream + 256 · l. */
  readonly stream: number;
  /** Number of the first item: sample k of item i is read-out (firstItem + i) · samples + k of each layer. */
  readonly firstItem: number;
}

export interface Posterior {
  /** items × classes: the softmax of each sample, averaged. */
  readonly probabilities: Float32Array;
  /** Nats, an item each: entropy of the mean; mean of the samples' entropies; their difference. */
  readonly predictiveEntropy: Float64Array;
  readonly expectedEntropy: Float64Array;
  readonly mutualInformation: Float64Array;
  /** ADC codes at either end, in all layers. */
  readonly saturated: number;
}

/** Places of one item's samples; the next item writes over them. */
interface Work {
  readonly codes: number;
  readonly inputs: number;
  readonly squares: number;
  readonly means: number;
  readonly sigmas: number;
  readonly logits: number;
  readonly sums: number;
}

/** One item: where the moments of its first layer stand, the number of its first sample, where its answer goes. */
interface Item {
  readonly mean: number;
  readonly sigma: number;
  readonly number: number;
  readonly out: number;
}

function itemCalls(
  layers: readonly PlacedLayer[],
  work: Work,
  item: Item,
  samples: number,
  inputHigh: number,
): Call[] {
  const { codes, inputs, squares, means, sigmas, logits, sums } = work;
  return layers.flatMap(({ layer, n8, key, mean, variance, bias, lsb }, l): Call[] => {
    const { low, high, gain } = layer;
    const k = padded(layer.rows);
    const products: Call[] = [
      ["gemm16", inputs, mean, means, samples, k, n8],
      ["gemm16", squares, variance, sigmas, samples, k, n8],
      ["moments16", means, sigmas, samples * n8, ...lsb],
    ];
    const [m, s, step] = l === 0 ? [item.mean, item.sigma, 0] : [means, sigmas, 4 * n8];
    const after: Call[] =
      l + 1 < layers.length
        ? [["activations", codes, bias, gain, inputHigh, inputs, squares, samples, n8]]
        : [
            ["outputs", codes, bias, gain, logits, samples, n8],
            ["posterior", logits, n8, layer.cols, samples, item.out, sums],
          ];
    return [
      ...(l === 0 ? [] : products),
      ["codes", m, s, step, codes, n8, low, high, key, item.number, samples],
      ...after,
    ];
  });
}

function answer({ bytes, count }: Done, items: number, classes: number): Posterior {
  const lines = float32s(bytes);
  const probabilities = new Float32Array(items * classes);
  const [predictiveEntropy, expectedEntropy] = [new Float64Array(items), new Float64Array(items)];
  for (let i = 0, at = 0; i < items; i++, at += classes + 1) {
    const mean = lines.subarray(at, at + classes);
    probabilities.set(mean, i * classes);
    for (const p of mean) if (p > 0) predictiveEntropy[i]! -= p * Math.log(p);
    expectedEntropy[i] = lines[at + classes]!;
  }
  const mutualInformation = predictiveEntropy.map((h, i) => h - expectedEntropy[i]!);
  return { probabilities, predictiveEntropy, expectedEntropy, mutualInformation, saturated: count };
}

/**
 * Posterior samples of a whole network, from the moments of its columns: of the first layer mean and variance once an item,
 * of the others by products of 16-bit codes for every sample; an ADC in every layer, ReLU, then softmax and entropies.
 * Weights beyond the first layer are held in 16 bits (variances in those that leave no column sum beyond 32 bits).
 */
export function networkForward({ layers, inputHigh }: NetworkPlan): Engine<Forward, Posterior> {
  const memory = places(scratch);
  const made = layers.map((layer, l) => placeLayer(layer, memory, l === 0 ? undefined : inputHigh));
  const placed = made.map((one) => one.placed);
  const [{ rows }, first] = [layers[0]!, placed[0]!];
  const classes = layers.at(-1)!.cols;
  const widest = Math.max(...placed.map(({ n8 }) => n8));
  const job = ({ inputs, samples, seed, stream, firstItem }: Forward): Job => {
    const items = inputs.length / rows;
    const { place } = places(memory.end);
    const whole = (samples + 3) & ~3;
    const [x, xx] = [place(4 * inputs.length), place(4 * inputs.length)];
    const [mean, sigma] = [place(4 * items * first.n8), place(4 * items * first.n8)];
    const work = {
      ...{
        codes: place(2 * whole * widest),
        inputs: place(2 * whole * widest),
        squares: place(2 * whole * widest),
      },
      ...{ means: place(4 * whole * widest), sigmas: place(4 * whole * widest) },
      ...{ logits: place(4 * whole * widest), sums: place(32 * classes) },
    };
    const bytes = 4 * items * (classes + 1);
    const out = place(bytes);
    const calls: Call[] = [
      ["squares", x, xx, inputs.length],
      ["gemm", x, first.mean, mean, items, rows, first.n8],
      ["gemm", xx, first.variance, sigma, items, rows, first.n8],
      ["roots", sigma, items * first.n8],
    ];
    for (let i = 0; i < items; i++) {
      const line = 4 * i * first.n8;
      const number = (firstItem + i) * samples;
      const item = { mean: mean + line, sigma: sigma + line, number, out: out + 4 * i * (classes + 1) };
      calls.push(...itemCalls(placed, work, item, samples, inputHigh));
    }
    return {
      bytes: out + bytes + 16,
      writes: [
        ...placed.map(({ key }, l) => ({
          at: key,
          numbers: Uint32Array.of(...keyOf(seed), stream + 256 * l),
        })),
        { at: x, numbers: inputs },
      ],
      calls,
      read: { at: out, bytes },
    };
  };
  return {
    resident: made.flatMap(({ writes }) => writes),
    job,
    answer: (done, { inputs }) => answer(done, inputs.length / rows, classes),
  };
}
