import type { DeviceModel } from "#calibration";
import { type CrossbarBoard, MhoError } from "#protocol";
import { requireDeployed } from "./deploy/index.ts";
import type { ConductanceMap } from "./mapping/index.ts";
import { type BayesianModel, sizeOf } from "./model/index.ts";
import {
  type MeasuredLayer,
  type PosteriorSamples,
  posteriorSampler,
  referenceSamples,
  type SamplerOptions,
} from "./posterior/index.ts";
import {
  accuracy,
  auroc,
  brier,
  ece,
  eceBins,
  effectiveSamples,
  nll,
  type Predictive,
  predictive,
} from "./uncertainty/index.ts";

export interface InferOptions {
  /** Posterior samples an input. */
  readonly samples?: number;
  /** Of what the host draws; the same seed on the same simulated board gives the same samples. */
  readonly seed?: number;
  /** The devices' law; without it they count as noiseless. */
  readonly device?: DeviceModel | undefined;
  /** What was measured of each mapped layer. */
  readonly measured?: readonly MeasuredLayer[] | undefined;
  /** Whether the board runs the whole network by itself: `SamplerOptions`. */
  readonly layers?: SamplerOptions["layers"];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}
export interface Inference {
  readonly samples: PosteriorSamples;
  readonly predictive: Predictive;
}

const usual = { samples: 30, seed: 1 };

/**
 * Posterior samples and predictive distribution of images (items × inputs, normalised) on a board that holds the map.
 * Errors: MAP_FOR_OTHER_BOARD, NOT_DEPLOYED, CANCELLED (the board is idle), and what the board rejects with.
 */
export async function infer(
  map: ConductanceMap,
  board: CrossbarBoard,
  images: Float32Array,
  options: InferOptions = {},
): Promise<Inference> {
  const { samples: wanted, seed, device, measured, layers, signal, onProgress } = { ...usual, ...options };
  await requireDeployed(map, board, signal);
  const sampler = posteriorSampler(map, board, { device, measured, seed, layers });
  const samples = await sampler.sample(images, wanted, { signal, onProgress });
  return { samples, predictive: predictive(samples) };
}

/** Inputs with their labels, and optionally inputs of another kind (out of distribution); items × inputs, normalised. */
export interface EvaluationSet {
  readonly images: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly ood?: Float32Array;
}

const measures = ["predictiveEntropy", "softmaxEntropy", "mutualInformation"] as const;
type Measures = Record<(typeof measures)[number], number>;

/** Figures of a model over a data set. Entropies are means over items, in nats; ECE has 15 bins (lo, hi]. */
export interface Evaluation extends Readonly<Measures> {
  readonly n: number;
  readonly samples: number;
  readonly accuracy: number;
  readonly nll: number;
  readonly ece: number;
  readonly eceBins: number;
  readonly brier: number;
  readonly ood?: Readonly<Measures> & { readonly n: number; readonly auroc: Readonly<Measures> };
  /** Median over items: what the samples of the winning output are worth, were they independent. */
  readonly effectiveSamples: number;
  readonly readOuts: number;
  /** ADC codes at an end of the range, and inputs cut at the DAC's. */
  readonly saturated: number;
  readonly clipped: number;
  /** Share of the layer outputs whose device noise was more than the posterior asks for. */
  readonly short: number;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const each = (figure: (name: (typeof measures)[number]) => number): Measures => ({
  predictiveEntropy: figure("predictiveEntropy"),
  softmaxEntropy: figure("softmaxEntropy"),
  mutualInformation: figure("mutualInformation"),
});

function medianEffectiveSamples(
  { items, samples, outputs, values }: PosteriorSamples,
  { label }: Predictive,
): number {
  const series = new Float64Array(samples);
  const all = Float64Array.from({ length: items }, (_, item) => {
    for (let s = 0; s < samples; s++) series[s] = values[(item * samples + s) * outputs + label[item]!]!;
    return effectiveSamples(series);
  }).sort();
  return (all[(items - 1) >> 1]! + all[items >> 1]!) / 2;
}

/** The first `items` of both kinds of inputs were labelled, the others foreign. */
function figures({ samples, predictive: p }: Inference, { labels, ood }: EvaluationSet): Evaluation {
  const n = labels.length;
  const probabilities = p.probabilities.subarray(0, n * p.classes);
  const known = each((name) => mean(p[name].subarray(0, n)));
  return {
    ...{ n, samples: p.samples, eceBins },
    ...{ accuracy: accuracy(probabilities, labels), nll: nll(probabilities, labels) },
    ...{ ece: ece(probabilities, labels), brier: brier(probabilities, labels) },
    ...known,
    ...(ood === undefined
      ? {}
      : {
          ood: {
            n: p.items - n,
            ...each((name) => mean(p[name].subarray(n))),
            auroc: each((name) => auroc(p[name].subarray(n), p[name].subarray(0, n))),
          },
        }),
    effectiveSamples: medianEffectiveSamples(samples, p),
    ...{ readOuts: samples.readOuts, saturated: samples.saturated, clipped: samples.clipped },
    short: samples.drawn === 0 ? 0 : samples.short / samples.drawn,
  };
}

/**
 * Refuses labels that are not one an image: figures would be those of other items; and foreign inputs that are none.
 * Errors: SHAPE_MISMATCH.
 */
function requireLabels({ input }: BayesianModel, { images, labels, ood }: EvaluationSet): void {
  if (ood?.length === 0)
    throw new MhoError("SHAPE_MISMATCH", {
      what: "the set of foreign inputs",
      found: "0 values",
      wanted: "at least one input",
    });
  const items = images.length / sizeOf(input.shape);
  if (labels.length === items && items > 0) return;
  throw new MhoError("SHAPE_MISMATCH", {
    what: "the labels",
    found: labels.length,
    wanted: `${items} (one an image, at least one)`,
  });
}

function inputsOf({ images, ood }: EvaluationSet): Float32Array {
  if (ood === undefined) return images;
  const all = new Float32Array(images.length + ood.length);
  all.set(images);
  all.set(ood, images.length);
  return all;
}

/** Accuracy and uncertainty of a map on a board that holds it. Errors: SHAPE_MISMATCH, LABEL_INVALID, and those of `infer`. */
export async function evaluate(
  map: ConductanceMap,
  board: CrossbarBoard,
  set: EvaluationSet,
  options: InferOptions = {},
): Promise<Evaluation> {
  requireLabels(map.model, set);
  return figures(await infer(map, board, inputsOf(set), options), set);
}

/** The same figures for the posterior sampled in software, without a board: what a board is measured against. */
export function evaluateReference(
  model: BayesianModel,
  set: EvaluationSet,
  options: { samples?: number; seed?: number } = {},
): Evaluation {
  requireLabels(model, set);
  const { samples: wanted, seed } = { ...usual, ...options };
  const samples = referenceSamples(model, inputsOf(set), wanted, seed);
  return figures({ samples, predictive: predictive(samples) }, set);
}
