import { type Seconds, seconds } from "#protocol";

/** Time, always passed in. `now` counts from an arbitrary start and never goes back. */
export interface Clock {
  now(): Seconds;
  /** Resolves after `span`, or rejects with the signal's reason as soon as it is aborted. */
  sleep(span: Seconds, signal?: AbortSignal): Promise<void>;
}
export interface VirtualClock extends Clock {
  advance(span: Seconds): void;
}

/** A clock that moves only when it is told to: `sleep` advances it and resolves at once. */
export function virtualClock(start: Seconds = seconds(0)): VirtualClock {
  let now = start;
  const advance = (span: Seconds): void => {
    now = seconds(now + Math.max(0, span));
  };
  return {
    now: () => now,
    advance,
    sleep: async (span, signal) => {
      signal?.throwIfAborted();
      advance(span);
    },
  };
}
