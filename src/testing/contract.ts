import { describe, it } from "vitest";
import type { CrossbarBoard } from "#protocol";
import { linkObligations } from "./obligations-link.ts";
import { networkObligations } from "./obligations-network.ts";
import { programmingObligations } from "./obligations-programming.ts";
import { readingObligations } from "./obligations-reading.ts";

const obligations = {
  ...programmingObligations,
  ...readingObligations,
  ...networkObligations,
  ...linkObligations,
};
/** Titles of what a board owes, as the suite shows them. */
export type Obligation = keyof typeof obligations;
export const obligationTitles = Object.keys(obligations) as readonly Obligation[];

export interface ContractOptions {
  /** Obligations that this board is known not to keep; the suite shows them as skipped. */
  readonly skip?: readonly Obligation[];
}

/**
 * Registers vitest tests for every obligation of `CrossbarBoard` (firmware-protocol/board.ts). `open` is called anew for
 * each; the board is closed after it. Cells of the last tile are programmed, a few thousand pulses in all. A board that
 * lacks a capability owes nothing that needs it.
 */
export function boardContract(
  name: string,
  open: () => Promise<CrossbarBoard>,
  { skip = [] }: ContractOptions = {},
): void {
  describe(`${name} keeps the board contract:`, () => {
    for (const title of obligationTitles)
      it.skipIf(skip.includes(title))(title, async ({ skip: skipThis }) => {
        await using board = await open();
        const { needs, holds } = obligations[title];
        const lacking = needs.find((capability) => !board.descriptor.capabilities.includes(capability));
        if (lacking) skipThis(`the board has no ${lacking}`);
        await holds(board);
      });
  });
}
