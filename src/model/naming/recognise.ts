import { MhoError } from "#protocol";
import type { Tensor } from "../../datasets/index.ts";
import type { WeightsFile } from "../formats/weights-file.ts";
import { type NamingRule, namingTable, pointRule, unread } from "./table.ts";

/** No library's names come near this; it bounds the work of matching them. */
const maxKey = 512;

/** A mean and what makes its standard deviation; without a spread it is a point value. */
export interface Parameter {
  /** Prefix of the layer's keys, without the separator at its end. */
  readonly layer: string;
  readonly role: "weight" | "bias";
  readonly key: string;
  readonly mean: Tensor;
  readonly spread?: { readonly key: string; readonly tensor: Tensor };
  readonly inputsFirst: boolean;
}

/** What the names in a file say. */
export interface Recognised {
  /** Absent where every weight is a point value. */
  readonly rule?: NamingRule;
  readonly parameters: readonly Parameter[];
  /** Keys that no layer takes. */
  readonly unused: readonly string[];
}

/**
 * Finds the library whose names fit, and pairs means with spreads. Keys that the library keeps twice or for itself are
 * dropped; plain `weight` and `bias` beside them are point values. Errors: NAMES_UNKNOWN, POSTERIOR_UNREAD, SHAPE_MISMATCH.
 */
export function recognise(file: WeightsFile, path: string): Recognised {
  const keys = [...file.tensors.keys()];
  const names = keys.slice(0, 8).join(", ").slice(0, 400) + (keys.length > 8 ? ", …" : "");
  const unknown = new MhoError("NAMES_UNKNOWN", { path, count: keys.length, names });
  if (keys.some((key) => key.length > maxKey)) throw unknown;
  for (const { present, what, why } of unread) {
    if (keys.some((key) => present.test(key))) throw new MhoError("POSTERIOR_UNREAD", { path, what, why });
  }
  for (const rule of namingTable) {
    const pairs = pairsOf(rule, file);
    if (pairs.length > 0 && fits(rule, keys, pairs)) return withPoints(file, rule, pairs);
  }
  const points = withPoints(file);
  if (points.parameters.length > 0 && !keys.some(looksSpread)) return points;
  throw unknown;
}

/** A key that means a distribution is there: then plain weights beside it are not the whole network. */
const looksSpread = (key: string): boolean =>
  /(^|[._/])(rho|log_?(sigma|std|var)|sigma|stddev|scales?|locs?|mu)([._/:]|$)/.test(key);

function fits(rule: NamingRule, keys: readonly string[], pairs: readonly Parameter[]): boolean {
  const { present, absent, negative } = rule;
  if (present !== undefined && !keys.some((key) => present.test(key))) return false;
  if (absent !== undefined && keys.some((key) => absent.test(key))) return false;
  return negative === undefined || pairs.some(({ spread }) => spread?.tensor.values.some((x) => x < 0));
}

const isDropped = (rule: NamingRule | undefined, key: string): boolean => rule?.drop?.test(key) ?? false;

function pairsOf(rule: NamingRule, { tensors }: WeightsFile): Parameter[] {
  const pairs: Parameter[] = [];
  for (const [key, mean] of tensors) {
    const match = rule.mean.exec(key);
    if (match === null) continue;
    const spreadKey = rule.spread.map((to) => key.replace(rule.mean, to)).find((name) => tensors.has(name));
    if (spreadKey === undefined && rule.points === undefined) continue;
    const parameter = parameterOf(key, mean, {
      groups: match.groups ?? {},
      inputsFirst: rule.inputsFirst ?? [],
    });
    pairs.push(
      spreadKey === undefined ? parameter : { ...parameter, spread: spreadOf(spreadKey, tensors, mean) },
    );
  }
  return pairs.some(({ spread }) => spread !== undefined) ? pairs : [];
}

function spreadOf(
  key: string,
  tensors: ReadonlyMap<string, Tensor>,
  mean: Tensor,
): { key: string; tensor: Tensor } {
  const tensor = tensors.get(key)!;
  if (tensor.shape.join() === mean.shape.join()) return { key, tensor };
  throw new MhoError("SHAPE_MISMATCH", {
    what: key,
    found: `(${tensor.shape.join(", ")})`,
    wanted: `(${mean.shape.join(", ")})`,
  });
}

interface Named {
  readonly groups: Readonly<Record<string, string | undefined>>;
  readonly inputsFirst: readonly string[];
}

function parameterOf(key: string, mean: Tensor, { groups, inputsFirst }: Named): Parameter {
  const param = groups.param ?? (mean.shape.length > 1 ? "weight" : "bias");
  const role = /^b/i.test(param) ? "bias" : "weight";
  const layer = (groups.layer ?? "").replace(/[._/]$/, "");
  return { layer, role, key, mean, inputsFirst: inputsFirst.includes(param) };
}

/** The parameters that a rule paired, and the point values among the keys it did not take. */
function withPoints(
  { tensors }: WeightsFile,
  rule?: NamingRule,
  pairs: readonly Parameter[] = [],
): Recognised {
  const taken = new Set(
    pairs.flatMap(({ key, spread }) => (spread === undefined ? [key] : [key, spread.key])),
  );
  const parameters: Parameter[] = [];
  const unused: string[] = [];
  const paired = new Map(pairs.map((parameter) => [parameter.key, parameter]));
  for (const [key, mean] of tensors) {
    const pair = paired.get(key);
    const match =
      pair === undefined && !taken.has(key) && !isDropped(rule, key) ? pointRule.mean.exec(key) : null;
    if (pair !== undefined) parameters.push(pair);
    else if (match !== null)
      parameters.push(
        parameterOf(key, mean, { groups: match.groups ?? {}, inputsFirst: pointRule.inputsFirst }),
      );
    else if (!taken.has(key) && !isDropped(rule, key)) unused.push(key);
  }
  return { ...(rule === undefined ? {} : { rule }), parameters, unused };
}
