import { MhoError } from "#protocol";
import { readBytes } from "./bytes.ts";
import { looksLikeIdx, parseIdx } from "./idx.ts";
import { parseNpy } from "./npy.ts";

/** Raw images, item after item; `shape[0]` is their number. */
export interface Images {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array;
}

type Numbers = ArrayLike<number> & { readonly length: number };

async function readArray(path: string): Promise<{ shape: readonly number[]; values: Numbers }> {
  const bytes = await readBytes(path, "IDX or .npy");
  return looksLikeIdx(bytes) ? parseIdx(bytes, path) : parseNpy(bytes, path);
}

/**
 * Reads images as they were stored, not normalised: IDX or .npy, items along the first dimension, gzip accepted.
 * Bytes stay bytes; every other element type becomes float32. Errors: FILE_UNREADABLE, FILE_BROKEN, SHAPE_MISMATCH.
 */
export async function readImages(path: string): Promise<Images> {
  const { shape, values } = await readArray(path);
  if (shape.length < 2)
    throw new MhoError("SHAPE_MISMATCH", { what: path, found: shape.join("×"), wanted: "items × …" });
  const kept = values instanceof Uint8Array || values instanceof Float32Array;
  return { shape, values: kept ? values : Float32Array.from(values) };
}

/** Reads labels, one whole number of at least 0 an item: IDX or .npy, gzip accepted. */
export async function readLabels(path: string): Promise<Int32Array> {
  const { shape, values } = await readArray(path);
  if (shape.length !== 1)
    throw new MhoError("SHAPE_MISMATCH", { what: path, found: shape.join("×"), wanted: "items" });
  for (let item = 0; item < values.length; item++) {
    const label = values[item]!;
    if (!Number.isInteger(label) || label < 0 || label > 0x7fffffff) {
      throw new MhoError("FILE_BROKEN", {
        path,
        kind: "label",
        why: `item ${item} is ${label}, no class number`,
      });
    }
  }
  return Int32Array.from(values);
}
