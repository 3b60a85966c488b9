import { MhoError } from "#protocol";

/** One call at a time, and each can be stopped: between two of its steps, by its signal or by `stop`. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #stops = 0;
  /** Why nothing more can be asked of the board. */
  #ended: MhoError | undefined;

  /** No call runs after this: those under way and all later ones reject with `reason`. */
  end(reason: MhoError): void {
    this.#ended ??= reason;
  }

  /** Ends the call that runs and those that wait, with CANCELLED. */
  stop(): void {
    this.#stops++;
  }

  /** Resolves once what runs has ended. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Runs `call` in its turn, `after` behind it in any case. `step` is to be called between its steps: it throws where the call is over. */
  take<T>(
    doing: string,
    signal: AbortSignal | undefined,
    call: (step: () => void) => Promise<T>,
    after: () => Promise<void>,
  ): Promise<T> {
    const stops = this.#stops;
    const step = (): void => {
      if (this.#ended) throw this.#ended;
      if (signal?.aborted || stops !== this.#stops) throw new MhoError("CANCELLED", { doing });
    };
    const turn = this.#last.then(async () => {
      step();
      try {
        return await call(step);
      } finally {
        await after();
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}
