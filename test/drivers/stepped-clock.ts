import type { Clock } from "#calibration";
import { seconds } from "#protocol";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}
export interface SteppedClock extends Clock {
  /** Lets the program run until `work` settles; time moves to the next sleeper whenever nothing else is left to do. */
  run<T>(work: Promise<T>): Promise<T>;
  readonly sleepers: number;
}

/** Turns of the event loop after which nothing but time can go on. */
const quiet = 6;

/** A virtual clock for programs that wait: sleepers wake in the order of their time, none of them really waits. */
export function steppedClock(): SteppedClock {
  let now = 0;
  const sleeping = new Set<Sleeper>();
  const turns = async (): Promise<void> => {
    for (let i = 0; i < quiet; i++) await new Promise((done) => setImmediate(done));
  };
  const step = (): void => {
    const next = [...sleeping].sort((a, b) => a.at - b.at)[0];
    if (!next) return;
    sleeping.delete(next);
    now = Math.max(now, next.at);
    next.wake();
  };
  return {
    now: () => seconds(now),
    sleep: (span, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { at: now + span, wake: resolve };
        sleeping.add(sleeper);
        signal?.addEventListener("abort", () => sleeping.delete(sleeper) && reject(signal.reason), {
          once: true,
        });
      }),
    run: async (work) => {
      let open = true;
      const settled = work.finally(() => {
        open = false;
      });
      settled.catch(() => {});
      for (let steps = 0; open; steps++) {
        await turns();
        if (steps > 1e6) throw new Error("nothing settles");
        if (open) step();
      }
      return settled;
    },
    get sleepers() {
      return sleeping.size;
    },
  };
}
