import { MhoError } from "#protocol";

/** Charge that an accumulator holds at most, in the unit of its terms, and the share it keeps from term to term. */
export interface Accumulator {
  readonly limit: number;
  /** λ: 1 keeps all. Default 1. */
  readonly kept?: number;
}

const clip = (x: number, limit: number): number => Math.min(limit, Math.max(-limit, x));
function checked({ limit, kept = 1 }: Accumulator): Required<Accumulator> {
  if (!(limit > 0 && kept >= 0 && kept <= 1))
    throw new MhoError("OUT_OF_MODEL", {
      what: "accumulator's limit and kept share",
      value: `${limit}, ${kept}`,
      range: "> 0, 0 … 1",
    });
  return { limit, kept };
}

/**
 * Sum as an analog accumulator makes it, term by term: what saturates on the way is lost, and what came early has leaked.
 *
 *   q_t = clip(λ q_(t−1) + term_t, ± limit)
 *
 * Not associative: 8 + 8 − 8 within ± 10 gives 2, but 8 − 8 + 8 gives 8. Keep rows in one order from calibration to
 * inference. Source: Kuhn et al., "On the Non-Associativity of Analog Computations", arXiv 2309.14292; the form is
 * reference/papers.md §4's, the paper's own equations were not read.
 */
export function accumulated(terms: ArrayLike<number>, accumulator: Accumulator): number {
  const { limit, kept } = checked(accumulator);
  let charge = 0;
  for (let t = 0; t < terms.length; t++) charge = clip(kept * charge + terms[t]!, limit);
  return charge;
}

/** The same sum where order is ignored: clip(Σ λ^(T−t) term_t, ± limit). */
export function accumulatedAtOnce(terms: ArrayLike<number>, accumulator: Accumulator): number {
  const { limit, kept } = checked(accumulator);
  let charge = 0;
  for (let t = 0; t < terms.length; t++) charge = kept * charge + terms[t]!;
  return clip(charge, limit);
}
