import { MhoError } from "#protocol";

/** What a transport says once its peer is gone. */
export const linkLost = (url: string, doing: string, cause?: unknown): MhoError<"LINK_LOST"> =>
  new MhoError("LINK_LOST", { url, doing }, { cause });

/** How a link ended, and who is told: each listener once, nobody after `close`. */
export class Closing {
  #state: "open" | "lost" | "closed" = "open";
  #reason: Error | undefined;
  readonly #listeners: ((reason?: Error) => void)[] = [];

  get open(): boolean {
    return this.#state === "open";
  }

  /** A listener that comes after the loss is told too, on the next microtask. */
  listen(listener: (reason?: Error) => void): void {
    if (this.#state === "open") this.#listeners.push(listener);
    if (this.#state === "lost")
      queueMicrotask(() => {
        if (this.#state === "lost") listener(this.#reason);
      });
  }

  /** The other side or the system ended the link. */
  lose(reason: Error): void {
    if (this.#state !== "open") return;
    this.#state = "lost";
    this.#reason = reason;
    for (const listener of this.#listeners.splice(0)) listener(reason);
  }

  /** This side ends the link. */
  close(): void {
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    if (wasOpen) for (const listener of this.#listeners.splice(0)) listener();
  }
}
