import { inTurn, medianOf, type Probe, type Rate, type Rival, type Rivals } from "./measure.ts";

/** One line of `npm run bench -- --json`. `ratio` and `ofLimit` are ours over theirs, so that more is better. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Of all spreads: interquartile range over the median. */
  readonly spread: number;
  readonly rival: string | null;
  readonly rivalValue: number | null;
  readonly rivalSpread: number | null;
  readonly ratio: number | null;
  /** Of the ratio from run to run, where both were timed in turn. */
  readonly ratioSpread: number | null;
  /** What the value cannot pass, or is held against; stated or measured in this run. */
  readonly limit: string | null;
  readonly limitValue: number | null;
  readonly ofLimit: number | null;
  /** Why rival or limit are missing. */
  readonly reason?: string;
  /** What belongs to the value: memory, threads. */
  readonly note?: string;
}

export interface Bench {
  readonly name: string;
  readonly does: string;
  run(rivals: Rivals): Promise<Row | readonly Row[]>;
}

/** What a row says beside its figures. */
interface Said {
  readonly name: string;
  readonly unit: string;
  readonly reason?: string;
  readonly note?: string;
}

interface Figures extends Said {
  readonly rate: Rate;
  readonly rival?: readonly [name: string, value: number | Rate | { readonly absent: string }];
  readonly limit?: readonly [name: string, value: number];
  /** Where less is better (bytes), ratios turn over. */
  readonly lessIsBetter?: boolean;
}

/** A row of figures that were taken one after another. */
export function row({ name, unit, rate, rival, limit, lessIsBetter = false, ...said }: Figures): Row {
  const over = (theirs: number | undefined): number | null =>
    theirs === undefined ? null : lessIsBetter ? theirs / rate.value : rate.value / theirs;
  const other = typeof rival?.[1] === "number" ? { value: rival[1], spread: 0 } : rival?.[1];
  const theirs = other && "value" in other ? other : undefined;
  const reason = said.reason ?? (other && "absent" in other ? other.absent : undefined);
  return {
    ...{ name, value: rate.value, unit, spread: rate.spread },
    ...{ rival: theirs ? rival![0] : null, rivalValue: theirs?.value ?? null },
    ...{ rivalSpread: theirs?.spread ?? null, ratio: over(theirs?.value), ratioSpread: null },
    ...{ limit: limit?.[0] ?? null, limitValue: limit?.[1] ?? null, ofLimit: over(limit?.[1]) },
    ...(reason === undefined ? {} : { reason }),
    ...(said.note === undefined ? {} : { note: said.note }),
  };
}

interface Contest extends Said {
  readonly ours: Probe;
  readonly rival?: readonly [name: string, rival: Promise<Rival>];
  readonly limit?: readonly [name: string, limit: Probe];
  readonly rounds?: number;
}

const ratioOf = (ours: readonly number[], theirs: readonly number[]): Rate =>
  medianOf(ours.map((rate, round) => rate / theirs[round]!));

/** A row of runs taken in turn, ours, the rival's, the limit's; ratios are medians over the rounds. */
export async function contest({ ours, rival, limit, rounds = 11, ...said }: Contest): Promise<Row> {
  const other = await rival?.[1];
  const them = other && "run" in other ? other : undefined;
  const probes = [ours, them?.run, limit?.[1]];
  const present = await inTurn(
    probes.filter((probe) => probe !== undefined),
    rounds,
  );
  them?.end();
  const [mine, theirs, most] = probes.map((probe) => (probe ? present.shift()! : undefined));
  const ratio = theirs && ratioOf(mine!, theirs);
  const made = row({
    ...{ ...said, rate: medianOf(mine!) },
    ...(other ? { rival: [rival![0], theirs ? medianOf(theirs) : (other as { absent: string })] } : {}),
    ...(most ? { limit: [limit![0], medianOf(most).value] } : {}),
  });
  return {
    ...made,
    ...{ ratio: ratio?.value ?? null, ratioSpread: ratio?.spread ?? null },
    ofLimit: most ? ratioOf(mine!, most).value : null,
  };
}
