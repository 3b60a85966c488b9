import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { MhoError } from "#protocol";

const unzip = promisify(gunzip);
/** Largest array file that is unpacked: a small gzip file can hold a very large run of zeros. */
const maxUnpacked = 2 ** 31;

/** What an exception says about itself. */
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The bytes of a file; gzip (RFC 1952) is recognised by its first two bytes and unpacked. */
export async function readBytes(path: string, kind: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new MhoError("FILE_UNREADABLE", { path, why: reason(cause) }, { cause });
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return unzip(bytes, { maxOutputLength: maxUnpacked }).catch((cause: unknown) => {
    throw new MhoError("FILE_BROKEN", { path, kind, why: `gzip: ${reason(cause)}` }, { cause });
  });
}
