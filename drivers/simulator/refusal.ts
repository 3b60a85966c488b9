import type { refusals } from "#protocol";

export type RefusalReason = Exclude<(typeof refusals)[number], "none">;

/** Thrown by a board core for a request that it does not carry out; the endpoint answers it with `refused`. */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  /** At most 96 printable ASCII characters: what was outside which limit. */
  readonly facts: string;

  constructor(reason: RefusalReason, facts: string) {
    super(`${reason}: ${facts}`);
    this.name = "Refusal";
    this.reason = reason;
    this.facts = facts;
  }
}
