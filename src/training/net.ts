/** float32 in training; float64 where a test compares gradients to many digits. */
export type Floats = Float32Array | Float64Array;
export type FloatsOf = typeof Float32Array | typeof Float64Array;

/**
 * One dense layer with a Gaussian over every weight, stored input by input: entry i · outputs + j leads from input i to
 * output j. The last of the `rows` inputs is always 1: its weights are the biases.
 */
export interface VariationalLayer {
  readonly rows: number;
  readonly outputs: number;
  /** Standard deviation of the prior N(0, priorStd²) of every weight. */
  readonly priorStd: number;
  /** µ and ρ, the parameters; σ = ln(1 + exp ρ). Views of `VariationalNet.parameters`. */
  readonly mean: Floats;
  readonly rho: Floats;
  readonly meanGradient: Floats;
  readonly rhoGradient: Floats;
  /** σ and σ², brought up to date by `refreshStds`. */
  readonly std: Floats;
  readonly variance: Floats;
  /** dL/dσ² of a mini-batch: scratch of `backward`. */
  readonly varianceGradient: Floats;
}

export interface VariationalNet {
  readonly layers: readonly VariationalLayer[];
  /** All parameters and their gradients, layer after layer, µ before ρ: what the optimiser sees. */
  readonly parameters: Floats;
  readonly gradient: Floats;
}

/** What one mini-batch leaves at a layer: all items × (rows or outputs). */
export interface Activations {
  /** What the layer was given, the constant 1 last. */
  readonly input: Floats;
  readonly inputGradient: Floats;
  readonly outputMean: Floats;
  readonly outputStd: Floats;
  /** Standard normal, one for each output of each item: the local reparameterisation's ε. */
  readonly noise: Float32Array;
  readonly output: Floats;
  readonly outputGradient: Floats;
  /** dL/d(outputStd²): scratch of `backward`. */
  readonly varianceGradient: Floats;
}

/** A net of dense layers of these sizes (inputs, hidden …, classes), all parameters 0; prior std = priorScale / √inputs. */
export function variationalNet(
  sizes: readonly number[],
  priorScale: number,
  Type: FloatsOf = Float32Array,
): VariationalNet {
  const cells = sizes.slice(1).map((outputs, l) => (sizes[l]! + 1) * outputs);
  const total = cells.reduce((sum, count) => sum + 2 * count, 0);
  const [parameters, gradient] = [new Type(total), new Type(total)];
  let at = 0;
  const layers = cells.map((count, l): VariationalLayer => {
    const from = at;
    at += 2 * count;
    return {
      rows: sizes[l]! + 1,
      outputs: sizes[l + 1]!,
      priorStd: priorScale / Math.sqrt(sizes[l]!),
      mean: parameters.subarray(from, from + count),
      rho: parameters.subarray(from + count, at),
      meanGradient: gradient.subarray(from, from + count),
      rhoGradient: gradient.subarray(from + count, at),
      std: new Type(count),
      variance: new Type(count),
      varianceGradient: new Type(count),
    };
  });
  return { layers, parameters, gradient };
}

/** Room for mini-batches of at most `items`. */
export function activationsFor(
  net: VariationalNet,
  items: number,
  Type: FloatsOf = Float32Array,
): Activations[] {
  return net.layers.map(({ rows, outputs }) => {
    const each = (): Floats => new Type(items * outputs);
    return {
      input: new Type(items * rows).fill(1),
      inputGradient: new Type(items * rows),
      outputMean: each(),
      outputStd: each(),
      noise: new Float32Array(items * outputs),
      output: each(),
      outputGradient: each(),
      varianceGradient: each(),
    };
  });
}

/** σ = ln(1 + exp ρ), positive for every ρ. */
export const softplus = (rho: number): number => (rho > 30 ? rho : Math.log1p(Math.exp(rho)));
/** The ρ of a given σ > 0. */
export const inverseSoftplus = (std: number): number => (std > 30 ? std : Math.log(Math.expm1(std)));

/** Brings σ and σ² of every weight up to date with ρ. */
export function refreshStds({ layers }: VariationalNet): void {
  for (const { rho, std, variance } of layers) {
    for (let k = 0; k < rho.length; k++) {
      const sigma = softplus(rho[k]!);
      std[k] = sigma;
      variance[k] = sigma * sigma;
    }
  }
}
