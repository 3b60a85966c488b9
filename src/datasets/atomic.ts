import { access, constants, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { MhoError } from "#protocol";
import { reason } from "./bytes.ts";

let written = 0;

/**
 * Writes a file whole or not at all: into a temporary file beside it, to the disk (fsync), then renamed over it. When that
 * fails (a full disk, no permission) the file that was there before is untouched and nothing is left beside it.
 * A link is followed; what is no file (a pipe, /dev/stdout) is written to as it is. Errors: FILE_UNWRITABLE.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const there = await stat(target).catch(() => undefined);
    if (there === undefined || there.isFile()) await replace(target, bytes);
    else await writeFile(target, bytes);
  } catch (cause) {
    throw new MhoError("FILE_UNWRITABLE", { path, why: reason(cause) }, { cause });
  }
}

/** Fails now where `writeAtomically` would after long work: no such folder, no permission, a folder. Errors: FILE_UNWRITABLE. */
export async function expectWritable(path: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const there = await stat(target).catch(() => undefined);
    if (there?.isDirectory()) throw new Error("it is a folder");
    if (there !== undefined && !there.isFile()) return await access(target, constants.W_OK);
    const temporary = beside(target);
    await writeThrough(temporary, new Uint8Array());
    await rm(temporary);
  } catch (cause) {
    throw new MhoError("FILE_UNWRITABLE", { path, why: reason(cause) }, { cause });
  }
}

const beside = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${process.pid}-${written++}.tmp`);

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = beside(path);
  try {
    await writeThrough(temporary, bytes);
    await rename(temporary, path);
  } catch (failure) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first failure is the one to tell
    throw failure;
  }
  await syncFolder(dirname(path));
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "wx");
  await file.writeFile(bytes);
  await file.sync();
}

/** Makes a rename survive a power cut. Some file systems cannot do it; the file itself is whole either way. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
