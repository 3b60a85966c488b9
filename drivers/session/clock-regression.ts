import { type BoardClock, decodeMessage, type Frame, idOf, type Seconds, seconds } from "#protocol";

/** One question about the board's time: when it left and its answer came, by the host's clock, and what the board said. */
export interface Exchange {
  readonly sent: number;
  readonly received: number;
  readonly ticks: number;
}

/** The exchanges with one life of a board that a fit rests on; the oldest are forgotten. */
export interface ClockRecord {
  readonly bootId: number;
  readonly tickHz: number;
  readonly exchanges: readonly Exchange[];
}

export const newClockRecord = (bootId: number, tickHz: number): ClockRecord => ({
  bootId,
  tickHz,
  exchanges: [],
});

/** NTP's clock filter takes the quickest of eight exchanges (RFC 5905 §10): what waited least is least wrong. */
const groupSize = 8;
const mostGroups = 64;
const kept = groupSize * mostGroups;
/** Two-sided 95 % of the normal distribution. */
const z = 1.959964;

/** The record with one exchange more. A board that restarted, or whose ticks went back, begins a new one. */
export function observed(record: ClockRecord, exchange: Exchange, bootId = record.bootId): ClockRecord {
  const last = record.exchanges.at(-1);
  const restarted = bootId !== record.bootId || (last !== undefined && exchange.ticks < last.ticks);
  const before = restarted ? [] : record.exchanges;
  return { ...record, bootId, exchanges: [...before.slice(1 - kept), exchange] };
}

/** The record with what a frame says of the board's time: a ping's answer does, others come when they come. */
export function stamped(record: ClockRecord, sent: number, received: number, frame: Frame): ClockRecord {
  if (frame.id !== idOf("ping", "reply")) return record;
  return observed(record, { sent, received, ticks: decodeMessage("ping", "reply", frame.payload).ticks });
}

interface Point {
  /** Seconds by the board's ticks and by the host's clock, both from the first exchange on. */
  readonly board: number;
  readonly host: number;
  readonly roundTrip: number;
}

/**
 * The line host time = offset + board time / (1 + rate), from the exchanges that waited least.
 *
 * Exchanges go into groups of eight in the order of time (into eight groups where there are fewer than 64) and the one with
 * the shortest round trip of each is kept, as NTP's clock filter does (RFC 5905 §10). The board's stamp is taken for the
 * middle of its round trip. The rate is the median of the slopes between all pairs of points, with Sen's interval from
 * the variance of Kendall's tau (Sen, J. Am. Stat. Assoc. 63, 1379 (1968), with Theil's estimator): nothing is assumed of
 * the waits but that they are alike, and up to 29 % of the points may be anywhere. The offset is the median of what is left,
 * its error the sign test's interval, half a round trip (how the wait is shared between the two ways cannot be seen
 * from one end) and a tick. Errors are halves of intervals of 95 %.
 *
 * Nothing for fewer than eight exchanges, or where the ticks stand still.
 */
export function clockOf({ tickHz, exchanges }: ClockRecord): BoardClock | undefined {
  const first = exchanges[0];
  if (!first || exchanges.length < groupSize) return undefined;
  const points = quickest(exchanges).map(
    ({ sent, received, ticks }): Point => ({
      board: (ticks - first.ticks) / tickHz,
      host: (sent + received) / 2 - first.sent,
      roundTrip: received - sent,
    }),
  );
  const slope = middleSlope(points);
  if (!slope || slope.at <= 0) return undefined;
  const left = sorted(points.map(({ board, host }) => host - slope.at * board));
  const offset = medianOf(left);
  const centre = medianOf(sorted(points.map(({ board }) => board)));
  const rest = Math.floor((left.length - z * Math.sqrt(left.length)) / 2);
  const spanned = (left.at(-1 - Math.max(0, rest))! - left[Math.max(0, rest)]!) / 2;
  const ticks = Math.round(first.ticks + centre * tickHz);
  const at = first.sent + offset + slope.at * ((ticks - first.ticks) / tickHz);
  return {
    ...{ ticks, at: seconds(at), tickHz },
    offset: seconds(at - ticks / tickHz),
    offsetError: seconds(spanned + medianOf(sorted(points.map((p) => p.roundTrip))) / 2 + 1 / tickHz),
    ratePpm: (1 / slope.at - 1) * 1e6,
    ratePpmError: (Math.max(slope.high - slope.at, slope.at - slope.low) / slope.at) * 1e6,
    spread: seconds(1.4826 * medianOf(sorted(left.map((each) => Math.abs(each - offset))))),
    roundTrip: seconds(Math.min(...exchanges.map(({ sent, received }) => received - sent))),
    exchanges: exchanges.length,
  };
}

/** When the board's clock stood at `ticks`, by the host's clock; the error grows with the distance from the fit's middle. */
export function hostTime(
  clock: BoardClock,
  ticks: number,
): { readonly at: Seconds; readonly error: Seconds } {
  const away = (ticks - clock.ticks) / clock.tickHz;
  return {
    at: seconds(clock.at + away / (1 + clock.ratePpm * 1e-6)),
    error: seconds(clock.offsetError + Math.abs(away) * clock.ratePpmError * 1e-6),
  };
}

function quickest(exchanges: readonly Exchange[]): Exchange[] {
  const groups = Math.max(groupSize, Math.floor(exchanges.length / groupSize));
  const from = (group: number): number => Math.round((group * exchanges.length) / groups);
  return Array.from({ length: groups }, (_, group) =>
    exchanges
      .slice(from(group), from(group + 1))
      .reduce((best, other) => (other.received - other.sent < best.received - best.sent ? other : best)),
  );
}

/** Theil's median of the slopes between points, with Sen's interval around it. */
function middleSlope(points: readonly Point[]): { at: number; low: number; high: number } | undefined {
  const slopes: number[] = [];
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1))
      if (b.board > a.board) slopes.push((b.host - a.host) / (b.board - a.board));
  });
  const n = points.length;
  if (slopes.length < (n * (n - 1)) / 4) return undefined;
  const ranked = sorted(slopes);
  const span = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const low = Math.max(0, Math.floor((ranked.length - span) / 2) - 1);
  return { at: medianOf(ranked), low: ranked[low]!, high: ranked[ranked.length - 1 - low]! };
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

function medianOf(ranked: readonly number[]): number {
  const half = ranked.length >> 1;
  return ranked.length % 2 === 1 ? ranked[half]! : (ranked[half - 1]! + ranked[half]!) / 2;
}
