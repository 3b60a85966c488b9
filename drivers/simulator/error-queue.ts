import { type Reply, refusals } from "#protocol";

interface Entry {
  readonly code: number;
  readonly facts: string;
}

/** The board's last errors, oldest first. A full queue says so in its last place instead of growing. */
export class ErrorQueue {
  readonly #entries: Entry[] = [];
  static readonly length = 8;

  put(entry: Entry): void {
    if (this.#entries.length < ErrorQueue.length) this.#entries.push(entry);
    else
      this.#entries[ErrorQueue.length - 1] = {
        code: refusals.indexOf("overflow"),
        facts: "more errors than the queue holds",
      };
  }

  /** The oldest entry, or code 0 where there is none. */
  take(): Reply<"nextError"> {
    const entry = this.#entries.shift() ?? { code: 0, facts: "" };
    return { ...entry, left: this.#entries.length };
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
