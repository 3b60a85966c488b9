import { setImmediate } from "node:timers/promises";
import { randomStream, streams } from "#calibration";
import { MhoError } from "#protocol";
import type { BayesianModel, InputSpec } from "../model/index.ts";
import { type AdamState, adamState, adamStep } from "./adam.ts";
import { drawNoise, loadBatch, shuffled } from "./batches.ts";
import { scoreOn } from "./held-out.ts";
import { gradients, kl } from "./loss.ts";
import {
  activationsFor,
  type Floats,
  inverseSoftplus,
  refreshStds,
  type VariationalNet,
  variationalNet,
} from "./net.ts";
import { type Recipe, recipeOf, type TrainingOptions, type TrainingProgress } from "./options.ts";
import { modelOf } from "./trained-model.ts";

/** σ of every weight at the start, as a share of the prior's: small, so that the means can form before the noise grows. */
const initialShare = 0.2;

/**
 * Trains a dense ReLU classifier with a Gaussian over every weight by variational inference ("Bayes by backprop", Blundell
 * et al. 2015) with the local reparameterisation (Kingma et al. 2015), the KL in closed form, and Adam.
 * The same options and seed give the same bits. Errors: OPTION_INVALID, SHAPE_MISMATCH, NOT_A_QUANTITY (an image that is not
 * finite), LABEL_INVALID, TRAINING_STOPPED, TRAINING_DIVERGED.
 */
export async function train(options: TrainingOptions): Promise<BayesianModel> {
  const recipe = recipeOf(options);
  const input: InputSpec = { ...recipe.input, shape: recipe.images.shape.slice(1) };
  const net = initialNet(recipe);
  const adam = adamState(net.parameters);
  const notes = [...recipe.notes, `trained by mho: ${JSON.stringify(settingsOf(recipe))}`];
  for (let epoch = 0; epoch < recipe.epochs; epoch++) {
    const figures = await runEpoch({ recipe, input, net, adam }, epoch);
    recipe.onProgress?.(figures);
    if (epoch === recipe.epochs - 1) notes.push(`last epoch: ${written(figures)}`);
  }
  if (recipe.test)
    notes.push(`held out: ${written(scoreOn(net, recipe.test, { input, seed: recipe.seed }))}`);
  return modelOf(net, { name: recipe.name, input, notes });
}

/** Figures as a note: four digits of what is no whole number. */
const written = (figures: object): string =>
  JSON.stringify(figures, (_, value) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value,
  );

/** What a reader needs to repeat the run, without the examples themselves. */
function settingsOf(recipe: Recipe): Record<string, unknown> {
  const { images, labels, test, notes, onProgress, signal, ...settings } = recipe;
  return { examples: labels.length, ...settings };
}

/** Means N(0, 2/inputs) (He et al. 2015), biases 0, small σ. */
function initialNet({ images, hidden, classes, priorScale, seed }: Recipe): VariationalNet {
  const pixels = images.values.length / images.shape[0]!;
  const net = variationalNet([pixels, ...hidden, classes], priorScale);
  net.layers.forEach(({ mean, rho, rows, outputs, priorStd }, l) => {
    const random = randomStream(seed, streams.initialWeights, l);
    const spread = Math.sqrt(2 / (rows - 1));
    for (let k = 0; k < (rows - 1) * outputs; k++) mean[k] = spread * random.normal();
    rho.fill(inverseSoftplus(initialShare * priorStd));
  });
  return net;
}

interface Run {
  readonly recipe: Recipe;
  readonly input: InputSpec;
  readonly net: VariationalNet;
  readonly adam: AdamState;
}

/** One pass over the shuffled examples. Yields to the event loop after each mini-batch, so that Ctrl-C is heard. */
async function runEpoch(run: Run, epoch: number): Promise<TrainingProgress> {
  const { recipe, input, net, adam } = run;
  const items = recipe.labels.length;
  const order = shuffled(items, recipe.seed, epoch);
  const activations = activationsFor(net, recipe.batch);
  const steps = Math.ceil(items / recipe.batch);
  let [loss, right] = [0, 0];
  for (let step = 0; step < steps; step++) {
    if (recipe.signal?.aborted)
      throw new MhoError("TRAINING_STOPPED", { epoch: epoch + 1, epochs: recipe.epochs });
    const chosen = order.subarray(step * recipe.batch, (step + 1) * recipe.batch);
    const labels = loadBatch(activations[0]!, recipe, { items: chosen, input });
    drawNoise(activations, recipe.seed, epoch * steps + step);
    refreshStds(net);
    const done = (epoch + step / steps) / recipe.epochs;
    const klWeight =
      (recipe.klWeight / items) * Math.min(1, (epoch + step / steps) / (recipe.warmUp || 1e-9));
    loss += gradients(net, activations, { labels, klWeight }) * labels.length;
    right += countRight(activations.at(-1)!.output, labels, recipe.classes);
    adamStep(adam, net, recipe.learningRate * 0.5 * (1 + Math.cos(Math.PI * done)));
    await setImmediate();
  }
  refreshStds(net);
  const divergence = net.layers.reduce((sum, layer) => sum + kl(layer), 0);
  // The KL runs over every weight: a weight that is no number shows there, even after a loss that was one.
  if (!Number.isFinite(loss + divergence))
    throw new MhoError("TRAINING_DIVERGED", {
      loss: loss / items,
      epoch: epoch + 1,
      epochs: recipe.epochs,
    });
  return {
    epoch: epoch + 1,
    epochs: recipe.epochs,
    loss: loss / items,
    accuracy: right / items,
    kl: divergence,
  };
}

function countRight(logits: Floats, labels: Int32Array, classes: number): number {
  let right = 0;
  for (let item = 0; item < labels.length; item++) {
    const row = logits.subarray(item * classes, (item + 1) * classes);
    if (row.indexOf(Math.max(...row)) === labels[item]) right++;
  }
  return right;
}
