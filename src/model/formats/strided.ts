import { decodeElements, type Elements, elementTypes, type Tensor } from "../../datasets/index.ts";
import type { Storage, StridedTensor } from "../pickle/objects.ts";

/** Gives the bytes of a storage, or throws a RangeError that says why it cannot. */
export type Storages = (storage: Storage) => Uint8Array;

/** An expanded tensor (stride 0) may hold more values than its storage, but not without bound. */
const roomFor = (fileBytes: number): number => 2 ** 20 + 16 * fileBytes;

/**
 * Turns views of storages into arrays of their own, in row order. All of them together may hold 2^20 + 16 · `fileBytes`
 * values, so that a small file cannot fill the memory. Errors: RangeError for a view that leaves its storage.
 */
export function materialiser(
  storages: Storages,
  fileBytes: number,
  bigEndian = false,
): (view: StridedTensor) => Tensor {
  const decoded = new Map<string, Elements>();
  let room = roomFor(fileBytes);
  return (view) => {
    const count = view.shape.reduce((product, length) => product * length, 1);
    room -= count;
    if (!(room >= 0))
      throw new RangeError(
        `tensors of more than ${roomFor(fileBytes)} values in a file of ${fileBytes} bytes`,
      );
    const name = `${view.storage.type} ${view.storage.key}`;
    const values = decoded.get(name) ?? decode(view.storage, storages, bigEndian);
    decoded.set(name, values);
    const last = view.shape.reduce((at, length, d) => at + (length - 1) * view.stride[d]!, view.offset);
    if (count > 0 && last >= values.length) {
      throw new RangeError(`a tensor reaches to ${last} in a storage of ${values.length}`);
    }
    return { shape: view.shape, values: gather(view, values, count) };
  };
}

function decode(storage: Storage, storages: Storages, bigEndian: boolean): Elements {
  const bytes = storages(storage);
  const wanted = storage.count * elementTypes[storage.type].bytes;
  if (bytes.length !== wanted)
    throw new RangeError(`storage ${storage.key} has ${bytes.length} bytes, not ${wanted}`);
  return decodeElements(bytes, storage.type, bigEndian);
}

function isContiguous({ shape, stride }: StridedTensor): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && stride[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}

function gather(view: StridedTensor, values: Elements, count: number): Elements {
  const { shape, stride, offset } = view;
  if (isContiguous(view)) return values.slice(offset, offset + count);
  const out = new (values.constructor as new (length: number) => Elements)(count);
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    out[to] = values[from]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += stride[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= shape[d]! * stride[d]!;
      index[d] = 0;
    }
  }
  return out;
}
