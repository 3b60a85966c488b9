import { readFileSync } from "node:fs";
import type { MessageName, Side } from "#protocol";

/** One message of firmware-protocol/vectors/frames.json, made by scripts/vectors.py. */
export interface FrameVector {
  readonly name: MessageName;
  readonly side: Side;
  readonly values: Readonly<Record<string, number | string | readonly number[] | { readonly hex: string }>>;
  readonly payload: string;
  readonly header: {
    readonly id: number;
    readonly flags: number;
    readonly seq: number;
    readonly re: number;
    readonly credits: number;
  };
  readonly wire: string;
  readonly line: string;
}
interface VectorFiles {
  readonly frames: {
    readonly table: string;
    readonly tableHash: number;
    readonly frames: readonly FrameVector[];
  };
  readonly codes: readonly {
    readonly bits: number;
    readonly codes: readonly number[];
    readonly packed: string;
  }[];
  readonly cobs: readonly { readonly plain: string; readonly stuffed: string }[];
  readonly crc: readonly { readonly hex: string; readonly crc: number }[];
}

export const vectorFolder = new URL("../../firmware-protocol/vectors/", import.meta.url);

export function readVectors<K extends keyof VectorFiles>(name: K): VectorFiles[K] {
  return JSON.parse(readFileSync(new URL(`${name}.json`, vectorFolder), "utf8"));
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

/** Vector values as the codec takes them. */
export const encodable = (values: FrameVector["values"]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, isHex(value) ? unhex(value.hex) : value]),
  );

/** Decoded values as plain numbers, texts, arrays and hex, singles rounded as the wire rounds them. */
export const comparable = (values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, plain(value)]));

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (isHex(value)) return value.hex;
  if (typeof value === "number") return rounded(value);
  return typeof value === "object" ? Array.from(value as ArrayLike<number>, rounded) : value;
}
const rounded = (value: number): number => (Number.isInteger(value) ? value : Math.fround(value));
const isHex = (value: unknown): value is { hex: string } =>
  typeof value === "object" && value !== null && "hex" in value;
