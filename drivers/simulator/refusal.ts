import type { refusals } from "#protocol";

/** Why a board will not carry out a request; `facts` is what goes on the wire with the code. */
export class Refusal extends Error {
  readonly reason: (typeof refusals)[number];
  readonly facts: string;

  constructor(reason: (typeof refusals)[number], facts: string) {
    super(`${reason}: ${facts}`);
    this.name = "Refusal";
    this.reason = reason;
    this.facts = facts;
  }
}
