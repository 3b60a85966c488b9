import { MhoError } from "#protocol";
import { elementTypes, reason } from "../../datasets/index.ts";
import { Cursor } from "../pickle/cursor.ts";
import type { PickleValue, Storage } from "../pickle/objects.ts";
import { unpickle } from "../pickle/unpickle.ts";
import { stateOf } from "./state.ts";
import { materialiser, type Storages } from "./strided.ts";
import type { WeightsFile } from "./weights-file.ts";

/** A pickle whose only content is 0x1950a86a20f9469cfc6c, a number that torch chose. */
const legacyMagic = 0x1950a86a20f9469cfc6cn;
const legacyProtocol = 1001;

/**
 * Reads what torch.save wrote since 1.6: a zip of `<name>/data.pkl` and one `<name>/data/<key>` a storage.
 * Source: torch/serialization.py, `_save`. Errors: PICKLE_REFUSED, PICKLE_BROKEN.
 */
export function readTorchZip(files: ReadonlyMap<string, Uint8Array>, path: string): WeightsFile {
  const pickles = [...files.keys()].filter((name) => /(^|\/)data\.pkl$/.test(name));
  const cursor = new Cursor(files.get(pickles[0]!)!, path);
  if (pickles.length > 1) throw cursor.fault(`it holds ${pickles.length} pickles`);
  const folder = pickles[0]!.slice(0, -"data.pkl".length);
  const order = files.get(`${folder}byteorder`);
  const bigEndian = order !== undefined && Buffer.from(order).toString("latin1") === "big";
  const storages: Storages = ({ key }) => {
    const bytes = files.get(`${folder}data/${key}`);
    if (bytes === undefined) throw new RangeError(`storage ${key} is missing`);
    return bytes;
  };
  const root = unpickle(cursor);
  const fileBytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  return weightsIn(root, cursor, materialiser(storages, fileBytes, bigEndian));
}

/**
 * Reads what torch.save wrote before 1.6, or with `_use_new_zipfile_serialization=False`: pickles of a magic number, a
 * protocol number, the machine, the object and the storages' keys; then each storage as a 64-bit count and its elements.
 * Source: torch/serialization.py, `_legacy_save`. Errors: PICKLE_REFUSED, PICKLE_BROKEN.
 */
export function readTorchLegacy(bytes: Uint8Array, path: string): WeightsFile {
  const cursor = new Cursor(bytes, path);
  if (unpickle(cursor) !== legacyMagic)
    throw cursor.fault("it is a pickle, but not one that torch.save wrote");
  if (unpickle(cursor) !== legacyProtocol) throw cursor.fault(`its protocol is not ${legacyProtocol}`);
  unpickle(cursor); // the machine that wrote it: storages are little-endian on all of them
  const used = new Map<string, Storage>();
  const root = unpickle(cursor, (storage) => used.set(storage.key, storage));
  const blocks = storageBlocks(unpickle(cursor), used, cursor);
  const storages: Storages = ({ key }) => {
    const block = blocks.get(key);
    if (block === undefined) throw new RangeError(`storage ${key} is missing`);
    return block;
  };
  return weightsIn(root, cursor, materialiser(storages, bytes.length));
}

function storageBlocks(
  keys: PickleValue,
  used: ReadonlyMap<string, Storage>,
  cursor: Cursor,
): Map<string, Uint8Array> {
  if (!Array.isArray(keys)) throw cursor.fault("its list of storages is no list");
  const blocks = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = typeof key === "string" ? used.get(key) : undefined;
    if (storage === undefined) throw cursor.fault("it lists a storage that no tensor uses");
    blocks.set(storage.key, cursor.bytes(cursor.u64() * elementTypes[storage.type].bytes));
  }
  return blocks;
}

function weightsIn(
  root: PickleValue,
  cursor: Cursor,
  materialise: ReturnType<typeof materialiser>,
): WeightsFile {
  try {
    return { format: "torch", ...stateOf(root, materialise) };
  } catch (cause) {
    if (cause instanceof MhoError) throw cause;
    throw cursor.fault(reason(cause));
  }
}
