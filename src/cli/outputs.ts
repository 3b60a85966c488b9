import { realpath } from "node:fs/promises";
import { MhoError } from "#protocol";
import { expectWritable } from "../datasets/index.ts";

const resolved = (path: string): Promise<string> => realpath(path).catch(() => path);

/**
 * Checks, before the work is done, that its result can be written to `output`, and would not go over what it is made of.
 * Errors: OPTION_INVALID, FILE_UNWRITABLE.
 */
export async function expectOutput(
  output: string | undefined,
  sources: readonly string[] = [],
): Promise<void> {
  if (output === undefined) return;
  const target = await resolved(output);
  for (const source of sources)
    if ((await resolved(source)) === target)
      throw new MhoError("OPTION_INVALID", {
        option: "-o",
        value: output,
        why: "it is what the result is made of, and would be lost",
      });
  await expectWritable(output);
}
