import { type Accumulator, accumulated, fillLaplaces, fillNormals, streams } from "#calibration";
import type { Request } from "#protocol";
import { type Burst, type BurstSettings, burst } from "./read-out.ts";
import { burstFrom } from "./sums.ts";

/** Samples whose sums are converted together. */
const block = 64;

/**
 * A read-out by columns that gather the currents of their rows one after another, from the area's first row to its last,
 * and hold no more than `limit` amperes' worth: every device is drawn for every sample, as saturation on the way leaves
 * no law of the sum. See `accumulated`.
 */
export function accumulatingBurst(
  request: Request<"readOut">,
  settings: BurstSettings,
  accumulator: Required<Accumulator>,
): Burst {
  const { cols, repeats, firstSample } = request;
  const read = reads(request, settings);
  const inCodes = { ...accumulator, limit: accumulator.limit / settings.converter.lsb };
  const take: Burst["take"] = (first, count) => {
    const codes = new Int16Array(count * cols);
    let saturated = 0;
    for (let s = first; s < first + count; s += block) {
      const here = Math.min(block, first + count - s);
      const sums = new Float32Array(here * cols);
      for (let at = 0; at < here; at++) {
        const terms = read(firstSample + s + at, Math.floor((s + at) / repeats));
        for (let j = 0; j < cols; j++) sums[at * cols + j] = accumulated(terms[j]!, inCodes);
      }
      const converted = convertedSums({ ...request, firstSample: firstSample + s }, sums, settings);
      codes.set(converted.codes, (s - first) * cols);
      saturated += converted.saturated;
    }
    if (settings.law !== "none") settings.drawn.perDevice += count;
    return { codes, saturated };
  };
  return burstFrom(take, request);
}

/** Currents through each device, column by column in the order of their rows, in codes of the converter. */
function reads(
  { tile, row, col, rows, cols }: Request<"readOut">,
  { area, inputs, law, seed, scale }: BurstSettings,
): (number: number, vector: number) => readonly Float64Array[] {
  const numbers = new Float32Array(rows * cols);
  const terms = Array.from({ length: cols }, () => new Float64Array(rows));
  const [fill, unit] = law === "laplace" ? [fillLaplaces, Math.SQRT1_2] : [fillNormals, 1];
  const mean = area.clipped?.mean ?? area.mean;
  const least = area.clipped ? 0 : Number.NEGATIVE_INFINITY;
  return (number, vector) => {
    if (law !== "none")
      fill(numbers, seed, (streams.deviceReads | (col << 8)) >>> 0, ((tile << 16) | row) >>> 0, number);
    for (let i = 0, at = 0; i < rows; i++) {
      const drive = inputs[vector * rows + i]! * scale;
      for (let j = 0; j < cols; j++, at++)
        terms[j]![i] = drive * Math.max(least, mean[at]! + unit * area.sigma[at]! * numbers[at]!);
    }
    return terms;
  };
}

/** Sends finished sums (samples × cols) through the columns and their converters: one read-out of an identity matrix. */
function convertedSums(
  request: Request<"readOut">,
  sums: Float32Array,
  settings: BurstSettings,
): { codes: Int16Array; saturated: number } {
  const count = sums.length / request.cols;
  const none = new Float32Array(sums.length);
  const inputs = new Float32Array(count * count);
  for (let at = 0; at < count; at++) inputs[at * (count + 1)] = 1;
  const held = { rows: count, cols: request.cols, validUntil: Number.POSITIVE_INFINITY };
  const cells = { mean: sums, sigma: none, variance: none, fourth: none };
  const area = { ...held, ...cells, clipped: undefined, circuit: undefined };
  const each = { ...request, rows: count, vectors: count, repeats: 1 };
  return burst(each, { ...settings, area, inputs, law: "none", scale: 1 }).take(0, count);
}
