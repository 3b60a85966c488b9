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

/** setTimeout takes a signed 32-bit count of milliseconds and fires at once beyond it. */
const longestTimer = 2 ** 31 - 1;

/** The wall's clock: seconds since this program started. */
export function realClock(): Clock {
  const now = (): Seconds => seconds(performance.now() / 1000);
  return {
    now,
    sleep: async (span, signal) => {
      const end = now() + span;
      for (let left = span * 1000; left > 0; left = (end - now()) * 1000)
        await timer(Math.min(Math.ceil(left), longestTimer), signal);
      signal?.throwIfAborted();
    },
  };
}

function timer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(running);
      reject(signal?.reason);
    };
    const running = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
