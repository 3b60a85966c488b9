import type { Floats } from "./net.ts";

/** Running moments of a gradient. */
export interface AdamState {
  readonly first: Floats;
  readonly second: Floats;
  steps: number;
}

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

export const adamState = (parameters: Floats): AdamState => ({
  first: new (parameters.constructor as Float32ArrayConstructor)(parameters.length),
  second: new (parameters.constructor as Float32ArrayConstructor)(parameters.length),
  steps: 0,
});

/** One Adam step in place, β = (0.9, 0.999), ε = 10⁻⁸. Source: Kingma and Ba, "Adam", 2015, algorithm 1. */
export function adamStep(
  state: AdamState,
  { parameters, gradient }: { parameters: Floats; gradient: Floats },
  rate: number,
): void {
  state.steps++;
  const { first, second } = state;
  const firstScale = 1 / (1 - beta1 ** state.steps);
  const secondScale = 1 / (1 - beta2 ** state.steps);
  for (let k = 0; k < parameters.length; k++) {
    const g = gradient[k]!;
    const m = beta1 * first[k]! + (1 - beta1) * g;
    const v = beta2 * second[k]! + (1 - beta2) * g * g;
    first[k] = m;
    second[k] = v;
    parameters[k]! -= (rate * m * firstScale) / (Math.sqrt(v * secondScale) + epsilon);
  }
}
