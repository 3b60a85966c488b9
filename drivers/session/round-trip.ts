/** Smoothed round trip of a link and the spread around it, in seconds. */
export interface RoundTrip {
  readonly mean: number;
  readonly deviation: number;
  readonly samples: number;
}

export const noRoundTrip: RoundTrip = { mean: 0, deviation: 0, samples: 0 };

/** USB adapters hold short replies for 16 ms, and a loaded host stalls for 0.1 s and more: below this, time-outs are false. */
const shortest = 0.25;
const longest = 4;
/** Before anything was measured: two frames of 2 KiB take 0.36 s at 115200 baud. */
const unmeasured = 1;

/** Jacobson's estimator, as in RFC 6298: mean += (r − mean)/8, deviation += (|r − mean| − deviation)/4. */
export function measured(before: RoundTrip, seconds: number): RoundTrip {
  if (before.samples === 0) return { mean: seconds, deviation: seconds / 2, samples: 1 };
  const error = seconds - before.mean;
  return {
    mean: before.mean + error / 8,
    deviation: before.deviation + (Math.abs(error) - before.deviation) / 4,
    samples: before.samples + 1,
  };
}

/** How long to wait for an answer after `silent` time-outs in a row: mean + 4 deviations, doubled each time, 0.25 s … 4 s. */
export function timeOut(trip: RoundTrip, silent: number): number {
  const once = trip.samples === 0 ? unmeasured : Math.max(shortest, trip.mean + 4 * trip.deviation);
  return Math.min(longest, once * 2 ** silent);
}
