import { MhoError } from "#protocol";
import type { Numbers } from "./types.ts";

/** What abstaining buys. `risks[k − 1]` is the error rate among the k most certain items. */
export interface RiskCoverage {
  readonly risks: Float64Array;
  /** Area under the risk–coverage curve: the mean of the selective risks (Geifman and El-Yaniv 2017). */
  readonly aurc: number;
  /** The same if every wrong item were less certain than every right one. */
  readonly optimal: number;
  /** aurc − optimal: what is left to gain by a better uncertainty (Geifman et al. 2019). */
  readonly excess: number;
}

function selectiveRisks(correct: Numbers, order: readonly number[]): Float64Array {
  let wrong = 0;
  return Float64Array.from(order, (item, k) => {
    wrong += correct[item] ? 0 : 1;
    return wrong / (k + 1);
  });
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Risk against coverage when the least certain items are left out first. Equal certainties keep the order of the items. */
export function riskCoverage(certainty: Numbers, correct: Numbers): RiskCoverage {
  if (certainty.length !== correct.length || correct.length === 0) {
    const found = `${certainty.length} certainties`;
    throw new MhoError("SHAPE_MISMATCH", {
      what: "a risk–coverage curve",
      found,
      wanted: `${correct.length} outcomes, at least one`,
    });
  }
  for (let item = 0; item < certainty.length; item++) {
    if (Number.isNaN(certainty[item]!))
      throw new MhoError("NOT_A_QUANTITY", { value: certainty[item]!, unit: `certainty (item ${item})` });
  }
  const items = Array.from({ length: correct.length }, (_, item) => item);
  const risks = selectiveRisks(
    correct,
    items.toSorted((a, b) => certainty[b]! - certainty[a]! || a - b),
  );
  const best = selectiveRisks(
    correct,
    items.toSorted((a, b) => Number(correct[b]) - Number(correct[a])),
  );
  const [aurc, optimal] = [mean(risks), mean(best)];
  return { risks, aurc, optimal, excess: aurc - optimal };
}

/** Error rate when at least this share of the items is answered, the most certain first. */
export function riskAtCoverage({ risks }: RiskCoverage, coverage: number): number {
  let answered = 1;
  while (answered < risks.length && answered / risks.length < coverage) answered++;
  return risks[answered - 1]!;
}

/** Largest share of the items that can be answered with an error rate of at most `risk`; 0 if none can. */
export function coverageAtRisk({ risks }: RiskCoverage, risk: number): number {
  return (risks.findLastIndex((r) => r <= risk) + 1) / risks.length;
}
