import type { Tensor } from "../../datasets/index.ts";
import { isA, type PickleValue, type StridedTensor } from "../pickle/objects.ts";
import type { Constraint } from "./weights-file.ts";

/** Where training scripts keep the weights inside a larger checkpoint, in the order they are looked for. */
const wrappers = ["state_dict", "model_state_dict", "params", "model"];
const maxDepth = 32;

type Dict = Map<PickleValue, PickleValue>;

export interface State {
  readonly tensors: Map<string, Tensor>;
  readonly constraints: Map<string, Constraint>;
  readonly notes: string[];
}

/**
 * The tensors in a saved state, named by their keys joined with dots. In a checkpoint that keeps more than weights (an
 * optimiser, an epoch), the weights are looked for under the usual names. Errors: RangeError where there is no dict.
 */
export function stateOf(root: PickleValue, materialise: (view: StridedTensor) => Tensor): State {
  if (!(root instanceof Map)) throw new RangeError("it holds no dict of tensors");
  const wrapper = wrappers.find((name) => root.get(name) instanceof Map);
  const tensors = new Map<string, Tensor>();
  collect(wrapper === undefined ? root : (root.get(wrapper) as Dict), {
    tensors,
    materialise,
    seen: new Set(),
    path: [],
  });
  const notes =
    wrapper === undefined || wrapper === "params" ? [] : [`Weights were taken from the entry ${wrapper}.`];
  return { tensors, constraints: constraintsOf(root.get("constraints")), notes };
}

interface Walk {
  readonly tensors: Map<string, Tensor>;
  readonly materialise: (view: StridedTensor) => Tensor;
  /** Containers already walked: a pickle may name one a thousand times over, or put it into itself. */
  readonly seen: Set<PickleValue>;
  readonly path: readonly string[];
}

function collect(dict: Dict, walk: Walk): void {
  if (walk.path.length > maxDepth) throw new RangeError(`dicts lie more than ${maxDepth} deep`);
  if (walk.seen.has(dict)) return;
  walk.seen.add(dict);
  for (const [key, value] of dict) {
    const path = [...walk.path, String(key)];
    if (isA(value, "tensor")) walk.tensors.set(path.join("."), walk.materialise(value));
    else if (value instanceof Map) collect(value, { ...walk, path });
  }
}

/** Pyro's parameter store keeps a constraint object beside each parameter. */
function constraintsOf(value: PickleValue | undefined): Map<string, Constraint> {
  const constraints = new Map<string, Constraint>();
  if (!(value instanceof Map)) return constraints;
  for (const [key, constraint] of value) {
    const inner = isA(constraint, "inert") ? innermost(constraint) : undefined;
    if (inner !== undefined) constraints.set(String(key), inner);
  }
  return constraints;
}

/** Pyro wraps a constraint in "independent" for the event dimensions; the inner one makes the values. */
function innermost(constraint: Extract<PickleValue, { is: "inert" }>): Constraint {
  let inner = constraint;
  for (let depth = 0; depth < maxDepth; depth++) {
    const base = inner.attributes.get("base_constraint");
    if (!isA(base, "inert")) break;
    inner = base;
  }
  const numbers = [...inner.attributes].filter(([, value]) => typeof value === "number");
  return { name: inner.name.split(".").at(-1)!.replace(/^_/, ""), bounds: Object.fromEntries(numbers) };
}
