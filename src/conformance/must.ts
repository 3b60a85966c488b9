import { AssertionError } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

type Relation = "above" | "at least" | "below" | "at most" | "equal to" | "one of";

function unmet(what: string, found: unknown, relation: Relation, wanted: unknown): AssertionError {
  const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);
  const message = `${what} is ${shown(found)}; wanted ${relation} ${shown(wanted)}`;
  return new AssertionError({ message, actual: found, expected: wanted });
}

/** What an obligation demands: each throws an AssertionError that says what was found and what was wanted. NaN meets nothing. */
export const must = {
  above(found: number, limit: number, what: string): void {
    if (!(found > limit)) throw unmet(what, found, "above", limit);
  },
  atLeast(found: number, limit: number, what: string): void {
    if (!(found >= limit)) throw unmet(what, found, "at least", limit);
  },
  below(found: number, limit: number, what: string): void {
    if (!(found < limit)) throw unmet(what, found, "below", limit);
  },
  atMost(found: number, limit: number, what: string): void {
    if (!(found <= limit)) throw unmet(what, found, "at most", limit);
  },
  equal<T>(found: T, wanted: T, what: string): void {
    if (!isDeepStrictEqual(found, wanted)) throw unmet(what, found, "equal to", wanted);
  },
  oneOf<T>(found: T, wanted: readonly T[], what: string): void {
    if (!wanted.includes(found)) throw unmet(what, found, "one of", wanted);
  },
} as const;
