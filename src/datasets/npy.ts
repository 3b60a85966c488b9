import { MhoError } from "#protocol";
import { writeAtomically } from "./atomic.ts";
import { readBytes, reason } from "./bytes.ts";
import { decodeElements, type ElementName, type Elements, elementTypes, type Tensor } from "./elements.ts";

const magic = "\x93NUMPY";
/** NumPy aligns the first element to 64 bytes, so that the file can be mapped into memory. */
const alignment = 64;
const maxHeader = 2 ** 16;
const kind = ".npy";

interface Header {
  readonly type: ElementName;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: number[];
  /** Where the first element is. */
  readonly start: number;
}

/**
 * Reads an array in NumPy's .npy format, versions 1 to 3, either byte order; Fortran order is turned into C order.
 * Element types f2 f4 f8, i1 … i8, u1 … u8 and bool; see `decodeElements` for what they become. Arrays of objects are
 * refused: they hold a pickle. Source: numpy.lib.format, "Format Version 1.0" to "3.0". Errors: FILE_BROKEN.
 */
export function parseNpy(bytes: Uint8Array, path: string): Tensor {
  try {
    const header = parseHeader(bytes);
    const count = header.shape.reduce((product, length) => product * length, 1);
    const wanted = count * elementTypes[header.type].bytes;
    const found = bytes.length - header.start;
    if (found !== wanted)
      throw new RangeError(
        `shape (${header.shape.join(", ")}) needs ${wanted} bytes, ${found} follow the header`,
      );
    const values = decodeElements(bytes.subarray(header.start), header.type, header.bigEndian);
    return { shape: header.shape, values: header.fortran ? inRowOrder(values, header.shape) : values };
  } catch (cause) {
    throw new MhoError("FILE_BROKEN", { path, kind, why: reason(cause) }, { cause });
  }
}

/** Reads a .npy file, plain or gzipped. Errors: FILE_UNREADABLE, FILE_BROKEN. */
export async function readNpy(path: string): Promise<Tensor> {
  return parseNpy(await readBytes(path, kind), path);
}

function parseHeader(bytes: Uint8Array): Header {
  if (Buffer.from(bytes.subarray(0, 6)).toString("latin1") !== magic)
    throw new RangeError("it does not begin with \\x93NUMPY");
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw new RangeError(`format version ${version} is not 1, 2 or 3`);
  const at = version === 1 ? 10 : 12;
  if (bytes.length < at) throw new RangeError(`it ends after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > maxHeader) throw new RangeError(`a header of ${length} bytes is longer than ${maxHeader}`);
  if (bytes.length < at + length) throw new RangeError("its header breaks off");
  const text = Buffer.from(bytes.subarray(at, at + length)).toString(version === 3 ? "utf8" : "latin1");
  return { ...parseDescription(text), start: at + length };
}

/** The header is a Python dict literal with three keys; only plain numeric arrays have this form. */
function parseDescription(text: string): Omit<Header, "start"> {
  const descr = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z])(\d*)'/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (descr === null || order === null || shape === null)
    throw new RangeError("its header is not that of a plain numeric array");
  const name = `${descr[2]}${descr[3]}`;
  if (descr[2] === "O") throw new RangeError("an array of objects holds a pickle, which is not read");
  if (!(name in elementTypes) || name === "bf16") throw new RangeError(`element type ${name} is not read`);
  return {
    type: name as ElementName,
    bigEndian: descr[1] === ">",
    fortran: order[1] === "True",
    shape: (shape[1]!.match(/\d+/g) ?? []).map(Number),
  };
}

/** Fortran order (first index fastest) → C order (last index fastest). */
function inRowOrder(values: Elements, shape: readonly number[]): Elements {
  const out = values.slice();
  const index = shape.map(() => 0);
  for (let from = 0; from < values.length; from++) {
    let to = 0;
    for (let d = 0; d < shape.length; d++) to = to * shape[d]! + index[d]!;
    out[to] = values[from]!;
    for (let d = 0; d < shape.length && ++index[d]! === shape[d]!; d++) index[d] = 0;
  }
  return out;
}

/** NumPy's name for the element type of an array. */
export function elementName(values: Elements): ElementName {
  if (values instanceof Float32Array) return "f4";
  if (values instanceof Float64Array) return "f8";
  const signed = values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array;
  return `${signed ? "i" : "u"}${values.BYTES_PER_ELEMENT as 1 | 2 | 4}`;
}

/** The bytes of a .npy file (version 1.0, little-endian, C order) that NumPy reads back with the same type and shape. */
export function formatNpy({ shape, values }: Tensor): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (count !== values.length)
    throw new RangeError(`shape (${shape.join(", ")}) does not hold ${values.length} values`);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const order = values.BYTES_PER_ELEMENT === 1 ? "|" : "<";
  const description = `{'descr': '${order}${elementName(values)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + description.length + 1) / alignment) * alignment;
  const out = new Uint8Array(start + values.byteLength);
  out.set(Buffer.from(magic, "latin1"));
  out.set([1, 0], 6);
  new DataView(out.buffer).setUint16(8, start - 10, true);
  out.set(Buffer.from(`${description.padEnd(start - 11)}\n`, "latin1"), 10);
  out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  return out;
}

/** Writes a .npy file, whole or not at all. Errors: FILE_UNWRITABLE. */
export async function writeNpy(path: string, tensor: Tensor): Promise<void> {
  await writeAtomically(path, formatNpy(tensor));
}
