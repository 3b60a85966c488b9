import { realClock } from "#calibration";

export interface Rate {
  readonly value: number;
  /** Interquartile range over the median. */
  readonly spread: number;
}

/** One run of some work: the rate in it. */
export type Probe = () => Promise<number>;

/** Someone who does the same work in another way, timed run by run until ended; or why there is none. */
export type Rival = { readonly run: Probe; end(): void } | { readonly absent: string };

/** Each program is Python that says `rate(f, amount)`. */
export interface Rivals {
  numpy(program: string): Promise<Rival>;
  torch(program: string): Promise<Rival>;
}

const clock = realClock();
const wallSeconds = (): number => clock.now();
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const shortest = 0.02;

/** Runs of `work` that last 20 ms or more by `now`, each after one that does not count. */
async function probeBy(now: () => number, work: () => unknown, amount: number): Promise<Probe> {
  const taken = async (times: number): Promise<number> => {
    const start = now();
    for (let k = 0; k < times; k++) {
      const given = work();
      if (given instanceof Promise) await given;
    }
    return now() - start;
  };
  // Doubling warms up too: the compiler has been by before the first run that counts.
  let times = 1;
  while ((await taken(times)) < shortest) times *= 2;
  return async () => {
    await taken(1);
    return (times * amount) / (await taken(times));
  };
}

/** Times `work`, which does `amount` of something, by the wall clock: for work on several threads or processes. */
export const wallProbe = (work: () => unknown, amount: number): Promise<Probe> =>
  probeBy(wallSeconds, work, amount);

/** Times `work` by this process's CPU time: for one thread, on a machine that is shared. */
export const cpuProbe = (work: () => unknown, amount: number): Promise<Probe> =>
  probeBy(cpuSeconds, work, amount);

export function medianOf(values: readonly number[]): Rate {
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { value: quantile(0.5), spread: (quantile(0.75) - quantile(0.25)) / quantile(0.5) };
}

/** Rates of the probes, taken in turn, so that what slows the machine for a while slows them all: a list each. */
export async function inTurn(probes: readonly Probe[], rounds: number): Promise<number[][]> {
  const rates = probes.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, probe] of probes.entries()) rates[i]!.push(await probe());
  return rates;
}

const alone = async (probe: Probe, rounds: number): Promise<Rate> =>
  medianOf((await inTurn([probe], rounds))[0]!);

/** Median rate of `work` by the wall clock. */
export const rateOf = async (work: () => unknown, amount: number, rounds = 7): Promise<Rate> =>
  alone(await wallProbe(work, amount), rounds);

/** Median rate of `work` by CPU time. */
export const cpuRateOf = async (work: () => unknown, amount: number, rounds = 11): Promise<Rate> =>
  alone(await cpuProbe(work, amount), rounds);
