import { extname } from "node:path";
import { MhoError } from "#protocol";
import { parseNpy, readBytes, reason, type Tensor } from "../../datasets/index.ts";
import { unzip } from "../zip.ts";
import { looksLikeSafetensors, readSafetensors } from "./safetensors.ts";
import { readTorchLegacy, readTorchZip } from "./torch.ts";
import type { WeightsFile } from "./weights-file.ts";

const torchEndings = new Set([".pt", ".pth", ".dat", ".bin", ".ckpt", ".pkl"]);
const zipMagic = [0x50, 0x4b];
/** The first byte of every pickle since protocol 2. */
const pickleMagic = 0x80;

/** What a file holds: our own container, or named tensors that something else saved. */
export type Opened =
  | { readonly is: "container"; readonly bytes: Uint8Array }
  | { readonly is: "weights"; readonly bytes: Uint8Array; readonly weights: WeightsFile };

/**
 * Tells a file by its first bytes, not by its name, and reads it. Errors: FILE_UNREADABLE, FORMAT_UNKNOWN, FILE_BROKEN,
 * PICKLE_REFUSED, PICKLE_BROKEN.
 */
export async function openFile(path: string): Promise<Opened> {
  const bytes = await readBytes(path, "weights");
  if (zipMagic.every((byte, i) => bytes[i] === byte)) return openZip(bytes, path);
  if (looksLikeSafetensors(bytes)) return { is: "weights", bytes, weights: readSafetensors(bytes, path) };
  if (bytes[0] === pickleMagic || (bytes.length > 0 && torchEndings.has(extname(path)))) {
    return { is: "weights", bytes, weights: readTorchLegacy(bytes, path) };
  }
  throw new MhoError("FORMAT_UNKNOWN", { path });
}

function openZip(bytes: Uint8Array, path: string): Opened {
  const files = unzipped(bytes, path);
  const names = [...files.keys()];
  if (files.has("manifest.json")) return { is: "container", bytes };
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name)))
    return { is: "weights", bytes, weights: readTorchZip(files, path) };
  if (names.some((name) => name.endsWith(".npy")))
    return { is: "weights", bytes, weights: readNpz(files, path) };
  throw new MhoError("FORMAT_UNKNOWN", { path });
}

function unzipped(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  try {
    return unzip(bytes);
  } catch (cause) {
    throw new MhoError("FILE_BROKEN", { path, kind: "zip", why: reason(cause) }, { cause });
  }
}

function readNpz(files: ReadonlyMap<string, Uint8Array>, path: string): WeightsFile {
  const tensors = new Map<string, Tensor>();
  for (const [name, file] of files) {
    if (name.endsWith(".npy")) tensors.set(name.slice(0, -".npy".length), parseNpy(file, `${path}/${name}`));
  }
  return { format: "npz", tensors, constraints: new Map(), notes: [] };
}

/**
 * The named tensors of a .pt, .pth, .safetensors or .npz file as they stand there, in the file's order (natural order of the
 * names for .safetensors, which keeps none). Errors as `openFile`; a `.mho` file is FORMAT_UNKNOWN here.
 */
export async function readTensors(path: string): Promise<Map<string, Tensor>> {
  const opened = await openFile(path);
  if (opened.is === "container") throw new MhoError("FORMAT_UNKNOWN", { path });
  return new Map(opened.weights.tensors);
}
