import type { ElementName } from "../../datasets/index.ts";

/** A name that a pickle asks for. It is only ever a name: nothing is looked up, imported or called. */
export interface Global {
  readonly is: "global";
  readonly name: string;
}

/** A block of numbers kept beside the pickle, by its key there. */
export interface Storage {
  readonly is: "storage";
  readonly type: ElementName;
  readonly key: string;
  readonly count: number;
}

/** A view of a storage: element [i, j, …] is at offset + i·stride[0] + j·stride[1] + … */
export interface StridedTensor {
  readonly is: "tensor";
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** An object of a harmless class, as its name, arguments and attributes. */
export interface Inert {
  readonly is: "inert";
  readonly name: string;
  readonly args: readonly PickleValue[];
  readonly attributes: Map<PickleValue, PickleValue>;
}

/** What a pickle holds: a list or tuple is an array, a dict a Map, a set an array. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Global
  | Storage
  | StridedTensor
  | Inert;

/** Storage classes of torch and their element types. */
const storages: Readonly<Record<string, ElementName>> = {
  "torch.DoubleStorage": "f8",
  "torch.FloatStorage": "f4",
  "torch.HalfStorage": "f2",
  "torch.BFloat16Storage": "bf16",
  "torch.LongStorage": "i8",
  "torch.IntStorage": "i4",
  "torch.ShortStorage": "i2",
  "torch.CharStorage": "i1",
  "torch.ByteStorage": "u1",
  "torch.BoolStorage": "b1",
};

type Build = (args: readonly PickleValue[]) => PickleValue;

/** What stands for an object of each class that is understood. A RangeError says that the arguments do not fit. */
const builders: Readonly<Record<string, Build>> = {
  "collections.OrderedDict": ([pairs = []]) => new Map(list(pairs).map(pair)),
  "torch.Size": ([sizes = []]) => sizes,
  "torch._utils._rebuild_tensor": tensor,
  "torch._utils._rebuild_tensor_v2": tensor,
  "torch._utils._rebuild_parameter": ([value = null]) => value,
  "torch._utils._rebuild_parameter_with_state": ([value = null]) => value,
};

const named = (module: string, names: string): string[] =>
  names.split(" ").map((name) => `${module}.${name}`);

/** Classes without effect whose objects are kept as a name, arguments and attributes. */
const inert = new Set([
  "_codecs.encode",
  "torch.device",
  ...named("torch", "float16 float32 float64 bfloat16 uint8 int8 int16 int32 int64 bool"),
  ...named("numpy", "dtype core.multiarray.scalar _core.multiarray.scalar"),
  ...named(
    "torch.distributions.constraints",
    "_Real _GreaterThan _GreaterThanEq _LessThan _Interval _HalfOpenInterval",
  ),
  ...named("torch.distributions.constraints", "_IndependentConstraint _Positive _Simplex _LowerCholesky"),
  ...named(
    "pyro.distributions.constraints",
    "_SoftplusPositive _SoftplusLowerCholesky _Positive _Real _GreaterThan _Interval",
  ),
]);

/** Whether a pickle may name this. Everything else is refused by name. */
export const isHarmless = (name: string): boolean =>
  Object.hasOwn(builders, name) || Object.hasOwn(storages, name) || inert.has(name);

/** What stands for `name(...args)`. Errors: RangeError where the arguments do not fit. */
export function build(name: string, args: readonly PickleValue[]): PickleValue {
  const builder = Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (builder !== undefined) return builder(args);
  if (inert.has(name)) return { is: "inert", name, args, attributes: new Map() };
  throw new RangeError(`${name} is not something to call`);
}

/** The storage that a persistent id names: ("storage", class, key, device, count) and, before torch 0.4, a view. */
export function storage(id: PickleValue): Storage {
  if (!Array.isArray(id) || id[0] !== "storage") throw new RangeError("a persistent id names no storage");
  const [, kind, key, , count, view = null] = id;
  const type = isA(kind, "global") && Object.hasOwn(storages, kind.name) ? storages[kind.name] : undefined;
  if (type === undefined || typeof key !== "string")
    throw new RangeError("a storage has no known type or no key");
  if (view !== null) throw new RangeError("a storage is a view of another, as before torch 0.4");
  return { is: "storage", type, key, count: whole(count) };
}

function tensor([store, offset, shape, stride]: readonly PickleValue[]): StridedTensor {
  if (!isA(store, "storage")) throw new RangeError("a tensor has no storage");
  const sizes = wholes(shape);
  const strides = wholes(stride);
  if (sizes.length !== strides.length) throw new RangeError("a tensor has as many strides as dimensions");
  return { is: "tensor", storage: store, offset: whole(offset), shape: sizes, stride: strides };
}

type Tagged = Extract<PickleValue, { readonly is: string }>;
/** Narrows to one of the kinds of object above. */
export function isA<Kind extends Tagged["is"]>(
  value: PickleValue | undefined,
  kind: Kind,
): value is Extract<Tagged, { is: Kind }> {
  return typeof value === "object" && value !== null && "is" in value && value.is === kind;
}

function list(value: PickleValue | undefined): PickleValue[] {
  if (!Array.isArray(value)) throw new RangeError("a tuple or list is something else");
  return value;
}

function pair(item: PickleValue): [PickleValue, PickleValue] {
  if (!Array.isArray(item) || item.length !== 2) throw new RangeError("a dict is made of pairs");
  return [item[0]!, item[1]!];
}

function whole(value: PickleValue | undefined): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new RangeError("a size is no whole number");
  return value;
}

const wholes = (value: PickleValue | undefined): number[] => list(value).map(whole);
