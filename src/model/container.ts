import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";
import { z } from "zod";
import { MhoError } from "#protocol";
import {
  type Elements,
  formatNpy,
  parseNpy,
  readBytes,
  reason,
  type Tensor,
  writeAtomically,
} from "../datasets/index.ts";
import { unzip } from "./zip.ts";

/** What is in a `.mho` file: a manifest, in the words of its kind, and named arrays. */
export interface Container {
  readonly kind: string;
  readonly manifest: unknown;
  readonly arrays: ReadonlyMap<string, Tensor>;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

const version = 2;
const manifestName = "manifest.json";
const fileKind = ".mho";
/** One date for all files, so that the same contents give the same bytes. */
const mtime = new Date(1980, 0, 1);

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const contents = { kind: z.string().min(1), sha256: z.record(z.string(), Sha256), manifest: z.unknown() };
/** Files of version 1 have no checksum of the manifest itself. */
const Envelope = z.discriminatedUnion("version", [
  z.strictObject({ ...contents, version: z.literal(1) }),
  z.strictObject({ ...contents, version: z.literal(version), manifestSha256: Sha256 }),
]);
type Contents = Pick<z.output<typeof Envelope>, "kind" | "manifest" | "sha256">;

/** SHA-256 in hexadecimal. */
export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 over all that a manifest says; the same before it is written and after it is read. */
const manifestSha256Of = ({ kind, manifest, sha256 }: Contents): string =>
  sha256Of(strToU8(JSON.stringify({ kind, manifest, sha256 })));

const noMho = (path: string, why: string, cause?: unknown): MhoError =>
  new MhoError("FILE_BROKEN", { path, kind: fileKind, why }, { cause });

/**
 * Writes a `.mho` file: an uncompressed zip of `manifest.json` and one `.npy` an array, which `numpy.load` opens as it is.
 * The manifest holds each array's SHA-256, and its own. Whole or not at all; the same contents give the same bytes. Errors: FILE_UNWRITABLE.
 */
export async function writeContainer(
  path: string,
  kind: string,
  manifest: unknown,
  arrays: Iterable<readonly [string, Tensor]>,
): Promise<void> {
  const files: Record<string, Uint8Array> = {};
  const sha256: Record<string, string> = {};
  for (const [name, tensor] of arrays) {
    const file = formatNpy(tensor);
    files[`${name}.npy`] = file;
    sha256[name] = sha256Of(file);
  }
  const manifestSha256 = manifestSha256Of({ kind, manifest, sha256 });
  const envelope = strToU8(
    `${JSON.stringify({ kind, version, manifest, sha256, manifestSha256 }, null, 1)}\n`,
  );
  await writeAtomically(path, zipSync({ [manifestName]: envelope, ...files }, { level: 0, mtime }));
}

/**
 * Reads a `.mho` file and checks that it is of this kind, whole and unaltered (SHA-256 of every array and of the manifest).
 * Errors: FILE_UNREADABLE, FILE_BROKEN, FILE_KIND.
 */
export async function readContainer(path: string, kind: string): Promise<Container> {
  const container = await openContainer(path);
  if (container.kind !== kind) throw new MhoError("FILE_KIND", { path, found: container.kind, wanted: kind });
  return container;
}

/** Reads a `.mho` file of any kind. Errors: FILE_UNREADABLE, FILE_BROKEN. */
export async function openContainer(path: string): Promise<Container> {
  return parseContainer(await readBytes(path, fileKind), path);
}

/** Reads the bytes of a `.mho` file of any kind; `path` is for the error texts. Errors: FILE_BROKEN. */
export function parseContainer(bytes: Uint8Array, path: string): Container {
  const files = unzipped(bytes, path);
  const envelope = parseEnvelope(files.get(manifestName), path);
  const arrays = new Map<string, Tensor>();
  for (const [name, sum] of Object.entries(envelope.sha256)) {
    const file = files.get(`${name}.npy`);
    if (file === undefined) throw noMho(path, `the array ${name} is missing`);
    if (sha256Of(file) !== sum)
      throw noMho(path, `the array ${name} is not the one that was written (SHA-256 differs)`);
    arrays.set(name, parseNpy(file, `${path}/${name}`));
  }
  return { kind: envelope.kind, manifest: envelope.manifest, arrays, sha256: sha256Of(bytes) };
}

function unzipped(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  try {
    return unzip(bytes);
  } catch (cause) {
    throw noMho(path, reason(cause), cause);
  }
}

function parseEnvelope(file: Uint8Array | undefined, path: string): z.output<typeof Envelope> {
  if (file === undefined) throw noMho(path, "it has no manifest.json");
  let envelope: z.output<typeof Envelope>;
  try {
    envelope = Envelope.parse(JSON.parse(Buffer.from(file).toString("utf8")));
  } catch (cause) {
    throw noMho(path, cause instanceof z.ZodError ? z.prettifyError(cause) : reason(cause), cause);
  }
  if (envelope.version === version && manifestSha256Of(envelope) !== envelope.manifestSha256)
    throw noMho(path, `its ${manifestName} is not the one that was written (SHA-256 differs)`);
  return envelope;
}

/** The float32 array `name` of a container, which must have this shape. Errors: FILE_BROKEN. */
export function floats(
  container: Container,
  name: string,
  { path, shape }: { path: string; shape: readonly number[] },
): Float32Array {
  const tensor = container.arrays.get(name);
  if (tensor === undefined) throw noMho(path, `the array ${name} is missing`);
  const values: Elements = tensor.values;
  if (!(values instanceof Float32Array) || tensor.shape.join() !== shape.join()) {
    throw noMho(
      path,
      `the array ${name} has shape (${tensor.shape.join(", ")}), not float32 (${shape.join(", ")})`,
    );
  }
  return values;
}
