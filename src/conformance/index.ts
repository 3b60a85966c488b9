/** What every board owes, and a report on whether one keeps it. */
export { conformancePage, verdictInWords } from "./html.ts";
export { isDestructive, type ObligationTitle, obligations, obligationTitles } from "./obligations.ts";
export {
  type Conformance,
  type ConformanceOptions,
  conformanceOf,
  type Finding,
  type Verdict,
} from "./run.ts";
