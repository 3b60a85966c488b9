/** Smoothed round trip of a link, the spread around it, and the time that a byte takes; in seconds. */
export interface RoundTrip {
  readonly mean: number;
  readonly deviation: number;
  /** The least that was measured: what exceeds it was waiting. */
  readonly byte: number;
  readonly samples: number;
}

/** Ten bits at 115200 baud, until something was measured. */
export const noRoundTrip: RoundTrip = { mean: 0, deviation: 0, byte: 10 / 115_200, samples: 0 };

/** USB adapters hold short replies for 16 ms, and a loaded host stalls for 0.1 s and more: below this, time-outs are false. */
const shortest = 0.25;
const longest = 4;
const unmeasured = 1;

/**
 * Jacobson's estimator, as in RFC 6298: mean += (r − mean)/8, deviation += (|r − mean| − deviation)/4; `bytes` went over
 * the line in that time.
 */
export function measured(before: RoundTrip, seconds: number, bytes: number): RoundTrip {
  const byte = seconds / bytes;
  if (before.samples === 0) return { mean: seconds, deviation: seconds / 2, byte, samples: 1 };
  const error = seconds - before.mean;
  return {
    mean: before.mean + error / 8,
    deviation: before.deviation + (Math.abs(error) - before.deviation) / 4,
    byte: Math.min(before.byte, byte),
    samples: before.samples + 1,
  };
}

/**
 * How long to wait for an answer after `silent` time-outs in a row: mean + 4 deviations, at least 0.25 s, doubled each
 * time up to 4 s; on top of it the time that `bytes` take on the line.
 */
export function timeOut(trip: RoundTrip, silent: number, bytes: number): number {
  const once = trip.samples === 0 ? unmeasured : Math.max(shortest, trip.mean + 4 * trip.deviation);
  return Math.min(longest, once * 2 ** silent) + bytes * trip.byte;
}
