import { backward, forward } from "./dense.ts";
import type { Activations, VariationalLayer, VariationalNet } from "./net.ts";

/** Σ over the weights of KL(N(µ, σ²) ‖ N(0, priorStd²)) = ln(p/σ) + (σ² + µ²)/(2 p²) − ½, in nats. */
export function kl({ mean, std, priorStd }: VariationalLayer): number {
  let sum = 0;
  for (let k = 0; k < mean.length; k++) {
    sum += Math.log(priorStd / std[k]!) + (std[k]! ** 2 + mean[k]! ** 2) / (2 * priorStd ** 2) - 0.5;
  }
  return sum;
}

/** Adds `weight` times the gradient of `kl` to the layer's gradients. */
export function addKlGradient(layer: VariationalLayer, weight: number): void {
  const { mean, std, meanGradient, rhoGradient } = layer;
  const precision = 1 / layer.priorStd ** 2;
  for (let k = 0; k < mean.length; k++) {
    meanGradient[k]! += weight * mean[k]! * precision;
    rhoGradient[k]! -= weight * (std[k]! * precision - 1 / std[k]!) * Math.expm1(-std[k]!);
  }
}

/** Runs `items` items through the net with the noise that stands in the activations: ReLU between layers, logits at the end. */
export function forwardNet(
  { layers }: VariationalNet,
  activations: readonly Activations[],
  items: number,
): void {
  layers.forEach((layer, l) => {
    forward(layer, activations[l]!, items);
    const next = activations[l + 1];
    if (!next) return;
    const { outputs } = layer;
    for (let k = 0; k < items * outputs; k++) {
      // Item after item with the constant 1 between them: the next layer has one input more than this one outputs.
      next.input[k + Math.floor(k / outputs)] = Math.max(0, activations[l]!.output[k]!);
    }
  });
}

/** Mean cross-entropy of the logits in nats; leaves its gradient at the last layer's outputs. */
export function crossEntropy(
  { output, outputGradient }: Activations,
  labels: ArrayLike<number>,
  classes: number,
): number {
  const items = labels.length;
  let loss = 0;
  for (let item = 0; item < items; item++) {
    const row = item * classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = row; c < row + classes; c++) largest = Math.max(largest, output[c]!);
    let sum = 0;
    for (let c = row; c < row + classes; c++) sum += Math.exp(output[c]! - largest);
    const normaliser = largest + Math.log(sum);
    for (let c = row; c < row + classes; c++) outputGradient[c] = Math.exp(output[c]! - normaliser) / items;
    outputGradient[row + labels[item]!]! -= 1 / items;
    loss += normaliser - output[row + labels[item]!]!;
  }
  return loss / items;
}

/** What `gradients` is given: how many of the activations' items count, their labels, and the weight of the KL term. */
export interface Batch {
  readonly labels: ArrayLike<number>;
  readonly klWeight: number;
}

/**
 * Loss of a mini-batch and its gradient with respect to every parameter (overwritten in `net.gradient`):
 * mean cross-entropy + klWeight · Σ KL, the negative evidence lower bound per item for klWeight = 1 / items of the whole set.
 * Source: Blundell et al., "Weight uncertainty in neural networks", 2015, eq. 8, with the KL in closed form.
 */
export function gradients(
  net: VariationalNet,
  activations: readonly Activations[],
  { labels, klWeight }: Batch,
): number {
  const items = labels.length;
  const last = net.layers.length - 1;
  forwardNet(net, activations, items);
  const loss = crossEntropy(activations[last]!, labels, net.layers[last]!.outputs);
  net.gradient.fill(0);
  for (let l = last; l >= 0; l--) {
    backward(net.layers[l]!, activations[l]!, { items, toInput: l > 0 });
    addKlGradient(net.layers[l]!, klWeight);
    if (l > 0)
      throughRelu(activations[l]!, activations[l - 1]!, { items, outputs: net.layers[l - 1]!.outputs });
  }
  return loss;
}

/** Gradient at a layer's inputs → at the outputs of the layer below, whose negative outputs ReLU had cut off. */
function throughRelu(
  above: Activations,
  below: Activations,
  { items, outputs }: { items: number; outputs: number },
): void {
  for (let k = 0; k < items * outputs; k++)
    below.outputGradient[k] = above.inputGradient[k + Math.floor(k / outputs)]!;
}
