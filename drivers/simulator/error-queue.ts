import type { Reply } from "#protocol";

interface Entry {
  readonly code: number;
  readonly facts: string;
}

const longest = 8;

/** The board's first unread errors, oldest first; when it is full the newest is dropped (PROTOCOL.md §7). */
export class ErrorQueue {
  readonly #entries: Entry[] = [];

  put(entry: Entry): void {
    if (this.#entries.length < longest) this.#entries.push(entry);
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
