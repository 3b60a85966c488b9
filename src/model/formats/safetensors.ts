import { z } from "zod";
import { MhoError } from "#protocol";
import { decodeElements, type ElementName, elementTypes, reason, type Tensor } from "../../datasets/index.ts";
import type { WeightsFile } from "./weights-file.ts";

/** The format's own limit. */
const maxHeader = 100_000_000;

const types: Readonly<Record<string, ElementName>> = {
  F64: "f8",
  F32: "f4",
  F16: "f2",
  BF16: "bf16",
  I64: "i8",
  I32: "i4",
  I16: "i2",
  I8: "i1",
  U64: "u8",
  U32: "u4",
  U16: "u2",
  U8: "u1",
  BOOL: "b1",
};

const whole = z.int().min(0);
const Entry = z.strictObject({
  dtype: z.string(),
  shape: z.array(whole),
  data_offsets: z.tuple([whole, whole]),
});
const Header = z.record(z.string(), z.unknown());
type Entry = z.output<typeof Entry>;

/** Whether these bytes begin like a .safetensors file: the length of a JSON object, then the object. */
export function looksLikeSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 9 || bytes[8] !== "{".charCodeAt(0)) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true) <= BigInt(maxHeader);
}

/**
 * Reads a .safetensors file: u64 header length, JSON header, then the tensors, which must fill the rest without gap or
 * overlap. The file keeps no order of layers, so keys are put in natural order (fc2 before fc10).
 * Source: huggingface/safetensors README, "Format". Errors: FILE_BROKEN.
 */
export function readSafetensors(bytes: Uint8Array, path: string): WeightsFile {
  try {
    const { entries, body } = parse(bytes);
    checkCover(entries, body.length);
    const natural = new Intl.Collator("en", { numeric: true });
    const names = [...entries.keys()].sort(natural.compare);
    const tensors = new Map(names.map((name) => [name, tensorOf(name, entries.get(name)!, body)]));
    return { format: "safetensors", tensors, constraints: new Map(), notes: [] };
  } catch (cause) {
    throw new MhoError("FILE_BROKEN", { path, kind: ".safetensors", why: reason(cause) }, { cause });
  }
}

function parse(bytes: Uint8Array): { entries: Map<string, Entry>; body: Uint8Array } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > maxHeader) throw new RangeError(`a header of ${length} bytes is longer than ${maxHeader}`);
  if (8 + length > bytes.length) throw new RangeError("its header breaks off");
  const header = Header.parse(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString("utf8")));
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const entry = Entry.safeParse(value);
    if (!entry.success) throw new RangeError(`the entry ${name} is malformed`);
    entries.set(name, entry.data);
  }
  return { entries, body: bytes.subarray(8 + length) };
}

function checkCover(entries: ReadonlyMap<string, Entry>, length: number): void {
  let end = 0;
  const byPlace = [...entries].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  for (const [
    name,
    {
      data_offsets: [from, to],
    },
  ] of byPlace) {
    if (from !== end || to < from)
      throw new RangeError(`${name} is at bytes ${from} to ${to}, where ${end} should be its first`);
    end = to;
  }
  if (end !== length) throw new RangeError(`its tensors end at byte ${end} of ${length}`);
}

function tensorOf(name: string, { dtype, shape, data_offsets: [from, to] }: Entry, body: Uint8Array): Tensor {
  const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  if (type === undefined) throw new RangeError(`${name} is of type ${dtype}, which is not read`);
  const wanted = shape.reduce((product, size) => product * size, elementTypes[type].bytes);
  if (to - from !== wanted)
    throw new RangeError(`${name} has ${to - from} bytes, not the ${wanted} of its shape`);
  return { shape, values: decodeElements(body.subarray(from, to), type) };
}
