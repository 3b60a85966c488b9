import { MhoError } from "#protocol";
import type { Images } from "../datasets/index.ts";
import type { InputSpec } from "../model/index.ts";

export interface Examples {
  readonly images: Images;
  readonly labels: ArrayLike<number>;
}

/** How far the training has come, after each epoch. */
export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Mean cross-entropy in nats and share of right answers over the epoch's own noisy forward passes. */
  readonly loss: number;
  readonly accuracy: number;
  /** KL of the posterior from the prior, in nats, summed over the weights. */
  readonly kl: number;
}

export interface TrainingOptions extends Examples {
  readonly classes: number;
  /** Neurons of each hidden layer. */
  readonly hidden: readonly number[];
  readonly seed: number;
  readonly epochs?: number;
  readonly batch?: number;
  /** Adam's rate at the start; it falls to 0 along half a cosine. */
  readonly learningRate?: number;
  /**
   * The prior of a layer's weights and biases is N(0, priorScale² / inputs), so that layers of any width start alike
   * (Neal 1996, §2.1). It also keeps single means from setting the scale of a crossbar column.
   */
  readonly priorScale?: number;
  /** Weight of the KL term; 1 is the evidence lower bound, less is a colder posterior. */
  readonly klWeight?: number;
  /** Epochs over which the KL weight rises from 0. */
  readonly warmUp?: number;
  /** How pixels become inputs; 0 … 255 → 0 … 1 by default, so that a dark pixel drives no row. */
  readonly input?: Omit<InputSpec, "shape">;
  readonly name?: string;
  /** What a reader of the model should know besides, e.g. the command and where the examples are from. */
  readonly notes?: readonly string[];
  /** Examples kept apart: what the trained model scores on them goes into its notes. */
  readonly test?: Examples;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

const defaults = {
  epochs: 40,
  batch: 256,
  learningRate: 3e-3,
  priorScale: 6,
  klWeight: 0.3,
  warmUp: 5,
  input: { scale: 255, mean: 0, std: 1 },
  name: "trained",
  notes: [],
};

/** Options with every number filled in. */
export type Recipe = Required<Omit<TrainingOptions, "onProgress" | "signal" | "test">> &
  Pick<TrainingOptions, "onProgress" | "signal" | "test">;

const positive = ["epochs", "batch", "learningRate", "priorScale"] as const;

/** Fills in the defaults and refuses what cannot be trained. Errors: OPTION_INVALID, SHAPE_MISMATCH, NOT_A_QUANTITY, LABEL_INVALID. */
export function recipeOf(options: TrainingOptions): Recipe {
  const recipe: Recipe = { ...defaults, ...options };
  for (const option of positive) {
    if (!(recipe[option] > 0)) throw invalid(option, recipe[option], "it must be above 0");
  }
  for (const option of ["klWeight", "warmUp"] as const) {
    if (!(recipe[option] >= 0)) throw invalid(option, recipe[option], "it must not be negative");
  }
  for (const size of [recipe.classes, recipe.epochs, recipe.batch, ...recipe.hidden]) {
    if (!Number.isInteger(size) || size < 1)
      throw invalid("size", size, "layers, classes, epochs and batch are whole numbers of at least 1");
  }
  for (const examples of recipe.test ? [recipe, recipe.test] : [recipe])
    checkExamples(examples, recipe.classes);
  return recipe;
}

const invalid = (option: string, value: number, why: string): MhoError =>
  new MhoError("OPTION_INVALID", { option, value, why });

function checkExamples({ images, labels }: Examples, classes: number): void {
  const items = images.shape[0] ?? 0;
  if (items === 0 || labels.length !== items) {
    throw new MhoError("SHAPE_MISMATCH", {
      what: "the labels",
      found: labels.length,
      wanted: `${items} (one an image, at least one)`,
    });
  }
  const at = images.values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new MhoError("NOT_A_QUANTITY", {
      value: images.values[at]!,
      unit: `the images (item ${Math.floor((at * items) / images.values.length)})`,
    });
  for (let item = 0; item < items; item++) {
    const label = labels[item]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new MhoError("LABEL_INVALID", { label, item, last: classes - 1 });
  }
}
