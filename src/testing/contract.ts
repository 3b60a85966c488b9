import { describe, it } from "vitest";
import type { CrossbarBoard } from "#protocol";
import { type ObligationTitle, obligations, obligationTitles } from "../conformance/index.ts";

export interface ContractOptions {
  /** Obligations that this board is known not to keep; the suite shows them as skipped. */
  readonly skip?: readonly ObligationTitle[];
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
