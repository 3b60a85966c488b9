import { crc32, inflateRawSync } from "node:zlib";

/** One file of a zip, as the central directory describes it. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

const endMark = 0x06054b50;
const directoryMark = 0x02014b50;
const localMark = 0x04034b50;
const endLength = 22;
const maxComment = 0xffff;
/** Room that a small file may unpack to; a larger one may unpack to this many times its own size. */
const minUnpacked = 2 ** 26;
const maxRatio = 64;
const stored = 0;
const deflated = 8;
const encrypted = 1;

/**
 * The files in a zip, by name. Stored files are views of `bytes`, not copies. Ours, because fflate neither checks CRC-32 (a
 * flipped bit in a weight would go unseen) nor bounds what a small file may unpack to. Overlapping or repeated names, zip64
 * and encryption are refused. Source: PKWARE APPNOTE 6.3, §4.3. Errors: RangeError with what does not hold.
 */
export function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directory(view, bytes);
  const unpacked = entries.reduce((sum, entry) => sum + entry.size, 0);
  const limit = Math.max(minUnpacked, maxRatio * bytes.length);
  if (unpacked > limit) throw new RangeError(`it would unpack to ${unpacked} bytes, more than ${limit}`);
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (files.has(entry.name)) throw new RangeError(`${entry.name} is in it twice`);
    files.set(entry.name, contents(entry, view, bytes));
  }
  return files;
}

function directory(view: DataView, bytes: Uint8Array): Entry[] {
  const end = endOfDirectory(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== directoryMark)
      throw new RangeError("its list of files is damaged");
    const nameLength = view.getUint16(at + 28, true);
    entries.push({
      name: Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString("utf8"),
      method: (view.getUint16(at + 8, true) & encrypted) === 0 ? view.getUint16(at + 10, true) : Number.NaN,
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function endOfDirectory(view: DataView): number {
  const last = view.byteLength - endLength;
  for (let at = last; at >= Math.max(0, last - maxComment); at--) {
    if (
      view.getUint32(at, true) === endMark &&
      at + endLength + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  }
  throw new RangeError("it breaks off: its list of files, at the end, is missing");
}

function contents(entry: Entry, view: DataView, bytes: Uint8Array): Uint8Array {
  const { at, name } = entry;
  if (at + 30 > bytes.length || view.getUint32(at, true) !== localMark)
    throw new RangeError(`${name} is not where it should be`);
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + entry.packed > bytes.length) throw new RangeError(`${name} breaks off`);
  const packed = bytes.subarray(start, start + entry.packed);
  const file = unpack(entry, packed);
  if (file.length !== entry.size || crc32(file) !== entry.crc)
    throw new RangeError(`${name} is damaged (CRC-32 or size differs)`);
  return file;
}

function unpack({ name, method, size }: Entry, packed: Uint8Array): Uint8Array {
  if (method === stored) return packed;
  if (method !== deflated) throw new RangeError(`${name} is packed in a way that is not read`);
  if (size === 0) return new Uint8Array();
  try {
    return inflateRawSync(packed, { maxOutputLength: size });
  } catch (cause) {
    throw new RangeError(`${name} does not unpack: it is damaged`, { cause });
  }
}
