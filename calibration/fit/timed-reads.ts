import { MhoError } from "#protocol";

/** Reads of one cell: when, in s, strictly later each; and what, in one unit throughout. */
export interface TimedReads {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Refuses reads that no estimate can be made of. Errors: OUT_OF_MODEL. */
export function checkReads({ times, values }: TimedReads, least: number): void {
  if (times.length !== values.length || values.length < least)
    throw new MhoError("OUT_OF_MODEL", {
      what: "number of reads",
      value: values.length,
      range: `≥ ${least}`,
    });
  const bad = times.findIndex((t, i) => !(i === 0 || t > times[i - 1]!) || !Number.isFinite(values[i]!));
  if (bad >= 0)
    throw new MhoError("OUT_OF_MODEL", {
      what: `read ${bad}`,
      value: `${values[bad]} at ${times[bad]} s`,
      range: "finite values at growing times",
    });
}

/** Mean span between two reads, in s. */
export const meanInterval = (times: Float64Array): number => (times.at(-1)! - times[0]!) / (times.length - 1);

/**
 * Values less their least-squares polynomial in time of the given degree: slow drift taken off, mean 0.
 * Polynomials are made orthogonal over the very times (Gram–Schmidt), so any spacing and any degree that is far below
 * the count is well conditioned. 0 ≤ degree ≤ 10. Errors: OUT_OF_MODEL.
 */
export function withoutTrend(reads: TimedReads, degree = 3): Float64Array {
  if (!(degree >= 0 && degree <= 10))
    throw new MhoError("OUT_OF_MODEL", { what: "degree of the trend", value: degree, range: "0 … 10" });
  checkReads(reads, degree + 2);
  const { times, values } = reads;
  const [start, half] = [times[0]!, (times.at(-1)! - times[0]!) / 2];
  const places = times.map((t) => (t - start) / half - 1);
  const left = values.slice();
  const basis: Float64Array[] = [];
  for (let power = 0; power <= degree; power++) {
    const column = basis.at(-1)?.slice() ?? new Float64Array(times.length).fill(1);
    if (power > 0) for (let i = 0; i < column.length; i++) column[i]! *= places[i]!;
    for (const other of basis) subtractProjection(column, other);
    basis.push(column);
    subtractProjection(left, column);
  }
  return left;
}

function subtractProjection(from: Float64Array, onto: Float64Array): void {
  let [product, square] = [0, 0];
  for (let i = 0; i < from.length; i++) {
    product += from[i]! * onto[i]!;
    square += onto[i]! ** 2;
  }
  for (let i = 0; i < from.length; i++) from[i]! -= (product / square) * onto[i]!;
}
