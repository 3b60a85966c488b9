import { fillLaplaces, fillNormals, type NoiseLaw, streams } from "#calibration";
import type { Area, Request } from "#protocol";
import type { AgedArea } from "./aged-area.ts";
import { amplify, type Columns } from "./columns.ts";
import { type Converter, convert } from "./converters.ts";
import { batchedMoments, type Moments } from "./moments.ts";

export type Engine = "auto" | "moment" | "per-device";

/** Below so many effective devices in any column, "auto" sums Laplace noise device by device. */
export const momentDevices = 8;

/**
 * Above this skewness in any column, "auto" sums Gaussian noise with clipped reads device by device: a Gaussian of the
 * sum's mean and variance is then off by more than 0.002, skewness · 0.399 / 6 (Edgeworth).
 */
export const momentSkewness = 0.03;

/** A read-out made ready: the state of the cells is fixed, samples may be taken in any order and any number of times. */
export interface Burst {
  take(first: number, count: number): { codes: Int16Array; saturated: number };
}

/** Samples drawn by each engine. */
export interface DrawnSamples {
  moment: number;
  perDevice: number;
}

export interface BurstSettings {
  readonly area: AgedArea;
  /** vectors × rows DAC codes, as they act: drive.ts. */
  readonly inputs: Int16Array | Float32Array;
  readonly law: NoiseLaw;
  readonly engine: Engine;
  readonly seed: number;
  /** Counts the samples that each engine draws. */
  readonly drawn: DrawnSamples;
  readonly converter: Converter;
  /** Standard deviation, in codes, of what the converter adds to each conversion. */
  readonly converterNoise: number;
  /** Gain and offset of each column, where they differ. */
  readonly columns: Columns | undefined;
  /** Codes of the converter for one DAC code through one cell at the window's upper edge. */
  readonly scale: number;
}

/** Where the noise of an area is found: its own numbers for each corner, so that areas of a tile stay independent. */
const addressOf = (area: Area, purpose: number): [stream: number, a: number] => [
  (purpose | (area.col << 8)) >>> 0,
  ((area.tile << 16) | area.row) >>> 0,
];

/**
 * One number a column for sample `number`, from runs of about 1024 that are keyed by their place: the same numbers in
 * any order, at the price of one key for many samples.
 */
function columnNumbers(area: Area, seed: number, fill: typeof fillNormals, purpose: number) {
  const { cols } = area;
  const [stream, a] = addressOf(area, purpose);
  const perRun = Math.max(1, Math.floor(1024 / cols));
  const run = new Float32Array(perRun * cols);
  let held = -1;
  return (number: number): { readonly run: Float32Array; readonly at: number } => {
    const wanted = Math.floor(number / perRun);
    if (wanted !== held) fill(run, seed, stream, a, wanted);
    held = wanted;
    return { run, at: (number % perRun) * cols };
  };
}

type AddNoise = (line: Float64Array, sample: { number: number; vector: number; moments: Moments }) => void;

/** Draws each column once, from the moments of its sum. */
function momentNoise(area: Area, { seed, law }: BurstSettings): AddNoise {
  const normals = columnNumbers(area, seed, fillNormals, streams.readOuts);
  const tails = columnNumbers(area, seed, fillLaplaces, streams.readOutTails);
  const cols = area.cols;
  return (line, { number, vector, moments }) => {
    const base = (vector - moments.first) * cols;
    const { run, at } = normals(number);
    for (let j = 0; j < cols; j++) line[j]! += moments.gaussian[base + j]! * run[at + j]!;
    if (law !== "laplace") return;
    const tail = tails(number);
    for (let j = 0; j < cols; j++)
      line[j]! += moments.laplace[base + j]! * Math.SQRT1_2 * tail.run[tail.at + j]!;
  };
}

/** Draws every device of the area for every sample. */
function deviceNoise(area: Area, { area: aged, inputs, law, seed, scale }: BurstSettings): AddNoise {
  const { rows, cols } = area;
  const [stream, a] = addressOf(area, streams.deviceReads);
  const numbers = new Float32Array(rows * cols);
  const [fill, unit] = law === "laplace" ? [fillLaplaces, Math.SQRT1_2] : [fillNormals, 1];
  return (line, { number, vector }) => {
    fill(numbers, seed, stream, a, number);
    for (let row = 0; row < rows; row++) {
      const drive = inputs[vector * rows + row]! * scale * unit;
      if (drive === 0) continue;
      if (aged.clipped) {
        const { mean } = aged.clipped;
        for (let j = 0, at = row * cols; j < cols; j++, at++)
          line[j]! +=
            drive * (Math.max(-mean[at]!, aged.sigma[at]! * numbers[at]!) + mean[at]! - aged.mean[at]!);
        continue;
      }
      for (let j = 0, at = row * cols; j < cols; j++, at++)
        line[j]! += drive * aged.sigma[at]! * numbers[at]!;
    }
  };
}

/** The rule of docs/simulator.md: which engine draws a vector. */
function byDevice(engine: Engine, moments: Moments, vector: number): boolean {
  if (engine !== "auto") return engine === "per-device";
  const at = vector - moments.first;
  return moments.effective[at]! < momentDevices || moments.skewness[at]! > momentSkewness;
}

/** Makes a read-out ready to be taken chunk by chunk; sample s has number firstSample + s and vector ⌊s / repeats⌋. */
export function burst(request: Request<"readOut">, settings: BurstSettings): Burst {
  const { cols, repeats, vectors, firstSample } = request;
  const momentsOf = batchedMoments({ ...settings, vectors });
  const fromMoments = momentNoise(request, settings);
  const conversions = columnNumbers(request, settings.seed, fillNormals, streams.converters);
  let fromDevices: AddNoise | undefined;
  const line = new Float64Array(cols);
  return {
    take: (first, count) => {
      const codes = new Int16Array(count * cols);
      let saturated = 0;
      for (let s = first; s < first + count; s++) {
        const vector = Math.floor(s / repeats);
        const moments = momentsOf(vector);
        const base = (vector - moments.first) * cols;
        for (let j = 0; j < cols; j++) line[j] = moments.mean[base + j]!;
        if (settings.law !== "none") {
          const single = byDevice(settings.engine, moments, vector);
          settings.drawn[single ? "perDevice" : "moment"]++;
          if (single) fromDevices ??= deviceNoise(request, settings);
          (single ? fromDevices! : fromMoments)(line, { number: firstSample + s, vector, moments });
        }
        if (settings.columns) amplify(line, settings.columns);
        if (settings.converterNoise > 0) {
          const { run, at } = conversions(firstSample + s);
          for (let j = 0; j < cols; j++) line[j]! += settings.converterNoise * run[at + j]!;
        }
        saturated += convert(line, settings.converter, codes, (s - first) * cols);
      }
      return { codes, saturated };
    },
  };
}
