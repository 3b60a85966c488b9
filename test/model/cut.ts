import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { isMhoError } from "../../firmware-protocol/index.ts";
import { importModel } from "../../src/model/index.ts";

/** Imports the first `length` bytes of a file: that must fail, and with an error of ours that tells what is wrong. */
export async function importCut(path: string, length: number): Promise<void> {
  const cut = path.replace(/(\.\w+)$/, ".cut$1");
  writeFileSync(cut, readFileSync(path).subarray(0, length));
  const error = await importModel(cut).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isMhoError(error))
    throw new Error(`${length} bytes of ${path} gave no error of ours`, { cause: error });
  expect(["PICKLE_BROKEN", "FILE_BROKEN", "FORMAT_UNKNOWN"]).toContain(error.code);
}
