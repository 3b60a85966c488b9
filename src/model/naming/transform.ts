import { MhoError } from "#protocol";

/** What makes standard deviations of the values a library stores. */
export interface Transform {
  /** With x for the stored value, e.g. `softplus(x) + 1e-6`. */
  readonly text: string;
  readonly of: (x: number) => number;
}

/** ln(1 + eˣ). Beyond ± 20 it is x or eˣ to better than float32: no overflow above, no loss of digits below. */
export function softplus(x: number): number {
  if (x > 20) return x;
  return x < -20 ? Math.exp(x) : Math.log1p(Math.exp(x));
}

const shapes: Readonly<Record<string, Transform>> = {
  softplus: { text: "softplus(x)", of: softplus },
  exp: { text: "exp(x)", of: Math.exp },
  "exp/2": { text: "exp(x/2)", of: (x) => Math.exp(x / 2) },
  sqrt: { text: "sqrt(x)", of: Math.sqrt },
  sigmoid: { text: "sigmoid(x)", of: (x) => 1 / (1 + Math.exp(-x)) },
  identity: { text: "x", of: (x) => x },
};

const number = String.raw`(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const form = new RegExp(String.raw`^(?:(${number})\*)?([a-z]+(?:/2)?)(?:\+(${number}))?$`, "i");

/**
 * Reads `[factor*]shape[+offset]`, shape one of softplus, exp, exp/2 (log variance), sqrt (variance), sigmoid, identity:
 * `softplus`, `softplus+1e-6`, `0.1*sigmoid`. Errors: OPTION_INVALID.
 */
export function parseTransform(text: string): Transform {
  const [, factor = "1", name = "", offset = "0"] = form.exec(text.replace(/\s/g, "")) ?? [];
  const shape = Object.hasOwn(shapes, name) ? shapes[name]! : undefined;
  if (shape === undefined) {
    const why = `it is one of ${Object.keys(shapes).join(", ")}, perhaps with a factor or an offset: 0.1*sigmoid, softplus+1e-6`;
    throw new MhoError("OPTION_INVALID", { option: "--std", value: text, why });
  }
  return affine(name, { factor: Number(factor), offset: Number(offset) });
}

/** 1e-6 rather than 0.000001. */
const digits = (x: number): string => (Math.abs(x) < 1e-3 ? x.toExponential() : String(x));

/** factor · shape(x) + offset, for one of the shapes that `parseTransform` knows. */
export function affine(
  name: string,
  { factor = 1, offset = 0 }: { factor?: number; offset?: number } = {},
): Transform {
  const shape = shapes[name]!;
  return {
    text: `${factor === 1 ? "" : `${digits(factor)}·`}${shape.text}${offset === 0 ? "" : ` + ${digits(offset)}`}`,
    of: (x) => factor * shape.of(x) + offset,
  };
}

/** `softplus(x) + 1e-6` of rho is `softplus(rho) + 1e-6`. */
export const named = (transform: Transform, spread: string): string =>
  transform.text.replace(/\bx\b/, spread);
