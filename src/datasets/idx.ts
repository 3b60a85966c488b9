import { MhoError } from "#protocol";
import { readBytes } from "./bytes.ts";

/** An array of bytes as an IDX file holds it: the last dimension varies fastest. */
export interface IdxArray {
  readonly shape: number[];
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;

/** Whether these bytes begin like an IDX file: two zero bytes, an element type, a number of dimensions. */
export const looksLikeIdx = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 &&
  bytes[0] === 0 &&
  bytes[1] === 0 &&
  bytes[2]! >= 0x08 &&
  bytes[2]! <= 0x0e &&
  bytes[3]! > 0;

/**
 * Reads an IDX array of unsigned bytes: 0 0 type dims, then one big-endian u32 a dimension, then the elements.
 * Source: LeCun, Cortes and Burges, "The MNIST database", section "File formats".
 */
export function parseIdx(bytes: Uint8Array, path: string): IdxArray {
  const broken = (why: string): MhoError => new MhoError("FILE_BROKEN", { path, kind: "IDX", why });
  if (!looksLikeIdx(bytes)) throw broken("it does not begin with an IDX magic number");
  if (bytes[2] !== unsignedByte)
    throw broken(`its elements are of type 0x${bytes[2]!.toString(16)}, not unsigned bytes (0x08)`);
  const dimensions = bytes[3]!;
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) throw broken(`its header breaks off after ${bytes.length} of ${start} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  const wanted = shape.reduce((product, length) => product * length, 1);
  if (bytes.length - start !== wanted) {
    throw broken(
      `${shape.join("×")} elements are ${wanted} bytes, but ${bytes.length - start} follow the header`,
    );
  }
  return { shape, values: new Uint8Array(bytes.subarray(start)) };
}

/** Reads an IDX file of unsigned bytes, plain or gzipped. Errors: FILE_UNREADABLE, FILE_BROKEN. */
export async function readIdx(path: string): Promise<IdxArray> {
  return parseIdx(await readBytes(path, "IDX"), path);
}
