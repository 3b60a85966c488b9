import { errorTable } from "#protocol";
import { type Blocks, table } from "./blocks.ts";

/** The generated part of docs/errors.md: every code, in the order of the error table. */
export const errorBlocks: Blocks = {
  errors: () =>
    table(
      ["code", "says", "what to do"],
      Object.entries(errorTable).map(([code, { says, mend }]) => [`\`${code}\``, says, mend]),
    ),
};
