import { crc32c, decodePlan, type ForwardPlan, type Reply, type Request } from "#protocol";
import { Refusal } from "./refusal.ts";

/** Bytes that a simulated board keeps for a network plan. */
const room = 1 << 24;

/** The network plan that a board holds; a restart forgets it. */
export class PlanMemory {
  #bytes: Uint8Array = new Uint8Array(0);
  #stored = 0;
  #decoded: { readonly crc: number; readonly plan: ForwardPlan } | undefined;

  /** Keeps a piece. Refused where it leaves the room or does not follow what is stored. */
  store({ size, at, piece }: Request<"storePlan">): Reply<"storePlan"> {
    if (size > room) throw new Refusal("overLimit", `plan of ${size} bytes in ${room}`);
    if (at === 0) {
      this.#bytes = new Uint8Array(size);
      this.#stored = 0;
    }
    this.#decoded = undefined;
    if (size !== this.#bytes.length || at !== this.#stored || at + piece.length > size)
      throw new Refusal(
        "malformed",
        `piece at ${at} of ${size}, stored ${this.#stored} of ${this.#bytes.length}`,
      );
    this.#bytes.set(piece, at);
    this.#stored += piece.length;
    return { stored: this.#stored };
  }

  describe(): Reply<"plan"> {
    return { size: this.#stored, crc: crc32c(this.#bytes.subarray(0, this.#stored)), room };
  }

  /** The plan with this CRC; refused where another one, or none, or only a part is stored. */
  plan(crc: number): ForwardPlan {
    if (this.#decoded?.crc === crc) return this.#decoded.plan;
    const whole = this.#stored > 0 && this.#stored === this.#bytes.length;
    if (!whole || this.describe().crc !== crc) throw new Refusal("noPlan", `plan ${crc.toString(16)}`);
    this.#decoded = { crc, plan: decodePlan(this.#bytes) };
    return this.#decoded.plan;
  }

  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.#stored = 0;
    this.#decoded = undefined;
  }
}
