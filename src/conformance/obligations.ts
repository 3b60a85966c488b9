import type { Obligation } from "./obligation.ts";
import { linkObligations } from "./obligations-link.ts";
import { networkObligations } from "./obligations-network.ts";
import { programmingObligations } from "./obligations-programming.ts";
import { readingObligations } from "./obligations-reading.ts";

/** Everything that a board owes (firmware-protocol/board.ts), by the words in which reports name it. */
export const obligations = {
  ...programmingObligations,
  ...readingObligations,
  ...networkObligations,
  ...linkObligations,
} as const satisfies Record<string, Obligation>;

export type ObligationTitle = keyof typeof obligations;
export const obligationTitles = Object.keys(obligations) as readonly ObligationTitle[];

/** Whether it changes cells: a few hundred to a few thousand pulses in a corner of the last tile. */
export const isDestructive = (title: ObligationTitle): boolean =>
  (obligations[title].needs as readonly string[]).some((need) => need === "program" || need === "pulse");
