import { MhoError } from "#protocol";
import type { Constraint, WeightsFile } from "../formats/weights-file.ts";
import { type Parameter, recognise } from "./recognise.ts";
import type { NamingRule } from "./table.ts";
import { affine, named, parseTransform, type Transform } from "./transform.ts";
import { type Weights, weightsOf } from "./weights.ts";

/** A layer as the weights file knows it: its parameters, but not whether it slides or multiplies. */
export interface NamedLayer {
  readonly name: string;
  readonly weight: Weights;
  readonly bias?: Weights;
}

/** What a weights file holds, with its library and the transform that made standard deviations. */
export interface NamedLayers {
  readonly library: string;
  readonly std: string;
  readonly layers: readonly NamedLayer[];
  readonly unused: readonly string[];
  readonly notes: readonly string[];
}

const pointStd = "0 (point weights)";

/**
 * The layers in a weights file: library recognised by its names, standard deviations made, [in, out] turned to [out, in].
 * `std` replaces the library's transform. Errors: those of `recognise`; STD_UNKNOWN where a "standard deviation" is negative
 * or no constraint says what it is, WEIGHT_NOT_FINITE with the key, OPTION_INVALID.
 */
export function namedLayers(file: WeightsFile, path: string, std?: string): NamedLayers {
  const { rule, parameters, unused } = recognise(file, path);
  const given = std === undefined ? undefined : parseTransform(std);
  const transforms = new Set<string>();
  const transformOf = (key: string, by: NamingRule): Transform => {
    const own = by.std === "by constraint" ? undefined : parseTransform(by.std);
    const transform = given ?? own ?? fromConstraint(key, file.constraints.get(key));
    transforms.add(named(transform, by.rho));
    return transform;
  };
  const found = parameters.map((parameter) => {
    const { spread } = parameter;
    const transform = spread === undefined || rule === undefined ? undefined : transformOf(spread.key, rule);
    return { parameter, weights: weightsOf(parameter, transform) };
  });
  const { layers, lone } = grouped(found);
  return {
    library: rule?.library ?? "point weights",
    std: transforms.size === 0 ? pointStd : [...transforms].join("; "),
    layers,
    unused: [...unused, ...lone],
    notes: [...file.notes, ...notesOn(rule, parameters, given)],
  };
}

function notesOn(
  rule: NamingRule | undefined,
  parameters: readonly Parameter[],
  given?: Transform,
): string[] {
  if (rule === undefined) return ["All weights are point values: the network has no posterior of its own."];
  const points = parameters.filter(({ spread }) => spread === undefined).map(({ key }) => key);
  return [
    ...(rule.note === undefined ? [] : [rule.note]),
    ...(given === undefined ? [] : ["The transform of standard deviations was given by --std."]),
    ...(points.length === 0 ? [] : [`Point values, standard deviation 0: ${points.join(", ")}.`]),
  ];
}

/** Pyro stores a parameter unconstrained; the constraint says what its value is. Source: pyro.distributions.constraints. */
function fromConstraint(key: string, constraint: Constraint | undefined): Transform {
  const { lower_bound: low = 0, upper_bound: high = 1 } = constraint?.bounds ?? {};
  switch (constraint?.name) {
    case "SoftplusPositive":
      return affine("softplus");
    case "Positive":
    case "GreaterThan":
    case "GreaterThanEq":
      return affine("exp", { offset: low });
    case "Interval":
      return affine("sigmoid", { factor: high - low, offset: low });
    case "Real":
      return affine("identity");
    default:
      throw new MhoError("STD_UNKNOWN", {
        key,
        why: `the file holds ${constraint?.name ?? "no"} constraint for it`,
      });
  }
}

interface Grouped {
  readonly layers: NamedLayer[];
  /** Keys of biases whose layer has no weight. */
  readonly lone: string[];
}

function grouped(found: readonly { parameter: Parameter; weights: Weights }[]): Grouped {
  const byName = new Map<string, { weight?: Weights; bias?: Weights }>();
  for (const { parameter, weights } of found) {
    const { layer: name, role, key } = parameter;
    const layer = byName.get(name) ?? {};
    if (layer[role] !== undefined) {
      throw new MhoError("SHAPE_MISMATCH", {
        what: key,
        found: `a second ${role}`,
        wanted: "one in a layer",
      });
    }
    byName.set(name, { ...layer, [role]: weights });
  }
  const layers: NamedLayer[] = [];
  const lone: string[] = [];
  for (const [name, { weight, bias }] of byName) {
    if (weight !== undefined) layers.push({ name: name || "layer", weight, ...(bias && { bias }) });
    else if (bias !== undefined) lone.push(bias.key);
  }
  return { layers, lone };
}
