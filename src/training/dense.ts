import type { Activations, VariationalLayer } from "./net.ts";

/**
 * Output of a layer under the local reparameterisation: y = m + √v ε with m = x µ and v = x² σ², for `items` items.
 * Each output's Gaussian is drawn rather than the weights', so that items are independent and gradients quiet.
 * Source: Kingma, Salimans and Welling, "Variational dropout and the local reparameterization trick", 2015, eq. 6.
 */
export function forward(layer: VariationalLayer, at: Activations, items: number): void {
  const { rows, outputs, mean, variance } = layer;
  const { input, outputMean, outputStd, noise, output } = at;
  outputMean.fill(0);
  outputStd.fill(0);
  for (let item = 0; item < items; item++) {
    const out = item * outputs;
    for (let i = 0; i < rows; i++) {
      const x = input[item * rows + i]!;
      if (x === 0) continue; // four in five pixels and half of the ReLUs
      const square = x * x;
      const w = i * outputs;
      for (let j = 0; j < outputs; j++) {
        outputMean[out + j]! += x * mean[w + j]!;
        outputStd[out + j]! += square * variance[w + j]!;
      }
    }
  }
  for (let k = 0; k < items * outputs; k++) {
    const std = Math.sqrt(outputStd[k]!);
    outputStd[k] = std;
    output[k] = outputMean[k]! + std * noise[k]!;
  }
}

/**
 * Adds the gradients of µ and of ρ for what `forward` computed, given the outputs' gradient; with `toInput` it also writes the
 * inputs' gradient, which is left 0 where an input is 0 (there ReLU lets nothing back).
 */
export function backward(
  layer: VariationalLayer,
  at: Activations,
  { items, toInput }: { items: number; toInput: boolean },
): void {
  const { std, rhoGradient, varianceGradient } = layer;
  // dL/dv = dL/dy · ε / (2 √v); v > 0 always, because the bias row's input is 1 and its σ positive.
  for (let k = 0; k < items * layer.outputs; k++) {
    at.varianceGradient[k] = (at.outputGradient[k]! * at.noise[k]!) / (2 * at.outputStd[k]!);
  }
  accumulate(layer, at, items);
  if (toInput) gradeInputs(layer, at, items);
  // dσ²/dρ = 2 σ · dσ/dρ, and dσ/dρ = 1 − exp(−σ) for the softplus.
  for (let k = 0; k < std.length; k++)
    rhoGradient[k]! -= varianceGradient[k]! * 2 * std[k]! * Math.expm1(-std[k]!);
}

/** dL/dµ += xᵀ dL/dm and dL/dσ² = (x²)ᵀ dL/dv. */
function accumulate(layer: VariationalLayer, at: Activations, items: number): void {
  const { rows, outputs, meanGradient, varianceGradient } = layer;
  varianceGradient.fill(0);
  for (let item = 0; item < items; item++) {
    const out = item * outputs;
    for (let i = 0; i < rows; i++) {
      const x = at.input[item * rows + i]!;
      if (x === 0) continue;
      const square = x * x;
      const w = i * outputs;
      for (let j = 0; j < outputs; j++) {
        meanGradient[w + j]! += x * at.outputGradient[out + j]!;
        varianceGradient[w + j]! += square * at.varianceGradient[out + j]!;
      }
    }
  }
}

/** dL/dx = µ dL/dm + 2 x σ² dL/dv. */
function gradeInputs(
  { rows, outputs, mean, variance }: VariationalLayer,
  at: Activations,
  items: number,
): void {
  at.inputGradient.fill(0);
  for (let item = 0; item < items; item++) {
    const out = item * outputs;
    for (let i = 0; i < rows; i++) {
      const x = at.input[item * rows + i]!;
      if (x === 0) continue;
      const w = i * outputs;
      let [throughMean, throughVariance] = [0, 0];
      for (let j = 0; j < outputs; j++) {
        throughMean += mean[w + j]! * at.outputGradient[out + j]!;
        throughVariance += variance[w + j]! * at.varianceGradient[out + j]!;
      }
      at.inputGradient[item * rows + i] = throughMean + 2 * x * throughVariance;
    }
  }
}
