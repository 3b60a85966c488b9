import type { InputSpec } from "../model/index.ts";
import { accuracy, ece, eceBins, nll, predictive } from "../uncertainty/index.ts";
import { drawNoise, loadBatch } from "./batches.ts";
import { forwardNet } from "./loss.ts";
import { activationsFor, type VariationalNet } from "./net.ts";
import type { Examples } from "./options.ts";

/** What a posterior scores on examples it was not trained on. */
export interface HeldOutScore {
  readonly examples: number;
  readonly samples: number;
  readonly accuracy: number;
  readonly nll: number;
  readonly ece: number;
  readonly eceBins: number;
  readonly mutualInformation: number;
}

const samples = 30;
const chunk = 500;
/** Second address of the noise, beyond any number of training steps. */
const heldOut = 0x80000000;

/** Scores the net on held-out examples with 30 samples of its posterior predictive, local reparameterisation as in training. */
export function scoreOn(
  net: VariationalNet,
  examples: Examples,
  { input, seed }: { input: InputSpec; seed: number },
): HeldOutScore {
  const items = examples.labels.length;
  const outputs = net.layers.at(-1)!.outputs;
  const activations = activationsFor(net, chunk);
  const values = new Float32Array(items * samples * outputs);
  for (let from = 0; from < items; from += chunk) {
    const chosen = Uint32Array.from({ length: Math.min(chunk, items - from) }, (_, k) => from + k);
    loadBatch(activations[0]!, examples, { items: chosen, input });
    for (let sample = 0; sample < samples; sample++) {
      drawNoise(activations, seed, heldOut + (from / chunk) * samples + sample);
      forwardNet(net, activations, chosen.length);
      const logits = activations.at(-1)!.output;
      chosen.forEach((item, row) => {
        values.set(logits.subarray(row * outputs, (row + 1) * outputs), (item * samples + sample) * outputs);
      });
    }
  }
  const { probabilities, mutualInformation } = predictive({ items, samples, outputs, values });
  const { labels } = examples;
  return {
    examples: items,
    samples,
    accuracy: accuracy(probabilities, labels),
    nll: nll(probabilities, labels),
    ece: ece(probabilities, labels),
    eceBins,
    mutualInformation: mutualInformation.reduce((sum, value) => sum + value, 0) / items,
  };
}
