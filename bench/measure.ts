import { spawnSync } from "node:child_process";
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
  readonly ratio: number | null;
  /** What the value cannot pass, or is held against; stated or measured in this run. */
  readonly limit: string | null;
  readonly limitValue: number | null;
  readonly ofLimit: number | null;
  /** Why rival or limit are missing. */
  readonly reason?: string;
}

export interface Bench {
  readonly name: string;
  readonly does: string;
  run(): Promise<Row>;
}

export interface Rate {
  readonly value: number;
  readonly spread: number;
}

const clock = realClock();

/** Median rate of `work`, which does `amount` of something, over `repeats` runs after one to warm up. */
export async function rateOf(work: () => unknown, amount: number, repeats = 7): Promise<Rate> {
  await work();
  const rates: number[] = [];
  for (let k = 0; k < repeats; k++) {
    const start = clock.now();
    await work();
    rates.push(amount / (clock.now() - start));
  }
  rates.sort((a, b) => a - b);
  const quantile = (share: number): number => rates[Math.round(share * (repeats - 1))]!;
  return { value: quantile(0.5), spread: (quantile(0.75) - quantile(0.25)) / quantile(0.5) };
}

interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly rate: Rate;
  readonly rival?: readonly [name: string, value: number | null];
  readonly limit?: readonly [name: string, value: number];
  readonly reason?: string;
  /** Where less is better (bytes), ratios turn over. */
  readonly lessIsBetter?: boolean;
}

export function row({ name, unit, rate, rival, limit, reason, lessIsBetter = false }: Comparison): Row {
  const over = (theirs: number | null | undefined): number | null =>
    theirs == null ? null : lessIsBetter ? theirs / rate.value : rate.value / theirs;
  return {
    ...{ name, value: rate.value, unit, spread: rate.spread },
    ...{
      rival: rival?.[1] == null ? null : rival[0],
      rivalValue: rival?.[1] ?? null,
      ratio: over(rival?.[1]),
    },
    ...{ limit: limit?.[0] ?? null, limitValue: limit?.[1] ?? null, ofLimit: over(limit?.[1]) },
    ...(reason === undefined ? {} : { reason }),
  };
}

/** A rate that Debian's numpy measures of itself: the program prints one number. Nothing where numpy is not installed. */
export function numpyRate(program: string): number | null {
  const timer =
    "import time, numpy as np\ndef rate(f, n):\n  f(); ts = []\n  for _ in range(5):\n    t = time.perf_counter(); f(); ts.append(time.perf_counter() - t)\n  return n / sorted(ts)[2]\n";
  const { status, stdout } = spawnSync("/usr/bin/python3", ["-c", timer + program], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : null;
}
export const noNumpy = "python3-numpy is not installed";
