import { realClock } from "#calibration";

/** One line of `npm run bench -- --json`. `ratio` and `ofLimit` are ours over theirs, so that more is better. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Interquartile range over the median. */
  readonly spread: number;
  readonly rival: string | null;
  readonly rivalValue: number | null;
  readonly rivalSpread: number | null;
  readonly ratio: number | null;
  /** What the value cannot pass, or is held against; stated or measured in this run. */
  readonly limit: string | null;
  readonly limitValue: number | null;
  readonly ofLimit: number | null;
  /** Why rival or limit are missing. */
  readonly reason?: string;
  /** What belongs to the value: memory, threads. */
  readonly note?: string;
}

export interface Rate {
  readonly value: number;
  readonly spread: number;
}

/** A rival's rate, or why there is none. */
export type RivalRate = Rate | { readonly absent: string };

/** Those who do the same work in another way; each program is Python that prints `rate(f, amount)`. */
export interface Rivals {
  numpy(program: string): RivalRate;
  torch(program: string): RivalRate;
}

export interface Bench {
  readonly name: string;
  readonly does: string;
  run(rivals: Rivals): Promise<Row | readonly Row[]>;
}

const clock = realClock();
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function rateBy(
  now: () => number,
  work: () => unknown,
  amount: number,
  repeats: number,
): Promise<Rate> {
  await work();
  const rates: number[] = [];
  for (let k = 0; k < repeats; k++) {
    const start = now();
    await work();
    rates.push(amount / (now() - start));
  }
  rates.sort((a, b) => a - b);
  const quantile = (share: number): number => rates[Math.round(share * (repeats - 1))]!;
  return { value: quantile(0.5), spread: (quantile(0.75) - quantile(0.25)) / quantile(0.5) };
}

/** Median rate of `work`, which does `amount` of something, over `repeats` runs after one to warm up; by the wall clock. */
export const rateOf = (work: () => unknown, amount: number, repeats = 7): Promise<Rate> =>
  rateBy(() => clock.now(), work, amount, repeats);

const shortest = 0.02;

/** As `rateOf`, by this process's CPU time: for one thread, on a machine that is shared. Runs last 20 ms or more each. */
export async function cpuRateOf(work: () => unknown, amount: number, repeats = 11): Promise<Rate> {
  const runs = async (times: number): Promise<number> => {
    const start = cpuSeconds();
    for (let k = 0; k < times; k++) {
      const given = work();
      if (given instanceof Promise) await given;
    }
    return cpuSeconds() - start;
  };
  // Doubling warms up too: the compiler has been by before the first run that counts.
  let times = 1;
  while ((await runs(times)) < shortest) times *= 2;
  return rateBy(cpuSeconds, () => runs(times), times * amount, repeats);
}

interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly rate: Rate;
  readonly rival?: readonly [name: string, value: number | RivalRate | null];
  readonly limit?: readonly [name: string, value: number];
  readonly reason?: string;
  readonly note?: string;
  /** Where less is better (bytes), ratios turn over. */
  readonly lessIsBetter?: boolean;
}

export function row({ name, unit, rate, rival, limit, lessIsBetter = false, ...said }: Comparison): Row {
  const over = (theirs: number | undefined): number | null =>
    theirs === undefined ? null : lessIsBetter ? theirs / rate.value : rate.value / theirs;
  const other = typeof rival?.[1] === "number" ? { value: rival[1], spread: 0 } : rival?.[1];
  const theirs = other && "value" in other ? other : undefined;
  const reason = said.reason ?? (other && "absent" in other ? other.absent : undefined);
  return {
    ...{ name, value: rate.value, unit, spread: rate.spread },
    ...{ rival: theirs ? rival![0] : null, rivalValue: theirs?.value ?? null },
    ...{ rivalSpread: theirs?.spread ?? null, ratio: over(theirs?.value) },
    ...{ limit: limit?.[0] ?? null, limitValue: limit?.[1] ?? null, ofLimit: over(limit?.[1]) },
    ...(reason === undefined ? {} : { reason }),
    ...(said.note === undefined ? {} : { note: said.note }),
  };
}
