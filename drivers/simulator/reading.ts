import { padded, philox4x32, streams } from "#calibration";
import { panelOf } from "./area-panels.ts";
import type { Columns as ColumnErrors } from "./columns.ts";
import { type Converter, convertLines } from "./converters.ts";
import { kernelMemory } from "./kernel-memory.ts";
import { type Columns, momentsOf, placeInputs, type VectorPlaces } from "./moments.ts";

/** Samples drawn by each engine. */
export interface DrawnSamples {
  moment: number;
  perDevice: number;
}

/** An area and what its currents go through. */
export interface ReadingSettings extends Pick<Columns, "area" | "law" | "engine" | "scale" | "inputHigh"> {
  /** Counts the samples that each engine draws. */
  readonly drawn: DrawnSamples;
  readonly converter: Converter;
  /** Standard deviation, in codes, of what the converter adds to each conversion. */
  readonly converterNoise: number;
  /** Gain and offset of each column, where they differ. */
  readonly columns: ColumnErrors | undefined;
}

/** Bytes of a place of draws, as the kernels `momentCodes` and `momentLines` keep one. */
export const drawsBytes = 8352;
/** Values that are drawn in one go: what the kernels write then stays in the L2 cache. */
const mostValues = 1 << 16;
export const mostSamples = (cols: number): number => Math.max(1, Math.floor(mostValues / padded(cols)));

/** A reading's places in the kernel memory. */
export interface ReadingPlaces {
  readonly gain: number;
  readonly offset: number;
  readonly draws: number;
  /** Draws of the converter, and its standard deviation once for every value; 0 for a converter without levels of its own. */
  readonly conversions: number;
  readonly noise: number;
  readonly devices: number;
  readonly lines: number;
}

export function readingPlaces(
  place: (bytes: number) => number,
  { area: { cols }, converter: { levels } }: ReadingSettings,
): ReadingPlaces {
  const line = 4 * padded(cols);
  const lines = mostSamples(cols) * line;
  const [conversions, noise] = levels === undefined ? [0, 0] : [place(drawsBytes), place(lines)];
  return {
    ...{ gain: place(line), offset: place(line), draws: place(drawsBytes), devices: place(16) },
    ...{ conversions, noise, lines: place(lines) },
  };
}

/** The key of one place of draws, of a board's seed and of three numbers that say which: Philox4x32-10 of them. */
export const keyOfDraws = (
  seed: number,
  purpose: number,
  which: readonly [number, number, number],
): Uint32Array => philox4x32([...which, purpose], [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0]);

/** Which samples of the loaded vectors to draw, and where to. */
export interface Span {
  /** Vector of the first one, and which of its repeats that is. */
  readonly vector: number;
  readonly repeat: number;
  readonly repeats: number;
  readonly count: number;
  /** Number of the first one: where its noise is found. */
  readonly number: number;
  /** Address of the codes, count × cols and 14 bytes more. */
  readonly to: number;
}

/** An area in the kernel memory that input vectors are read through. Its owner has claimed the places. */
export class Reading {
  readonly #settings: ReadingSettings;
  readonly #at: ReadingPlaces;
  readonly #n8: number;
  #vectors: VectorPlaces | undefined;
  #single: Uint8Array = new Uint8Array(0);

  constructor(settings: ReadingSettings, at: ReadingPlaces) {
    this.#settings = settings;
    this.#at = at;
    this.#n8 = padded(settings.area.cols);
  }

  /** Writes what does not change from vector to vector; first of all, and again when another owner had the places. */
  begin(): void {
    const { columns, converter, converterNoise, area } = this.#settings;
    const { gain, offset, noise } = this.#at;
    const { f32 } = kernelMemory.views;
    for (let j = 0; j < area.cols; j++) {
      f32[gain / 4 + j] = columns?.gains[j] ?? 1;
      f32[offset / 4 + j] = (columns?.offsets[j] ?? 0) + converter.offset;
    }
    f32
      .fill(0, gain / 4 + area.cols, gain / 4 + this.#n8)
      .fill(0, offset / 4 + area.cols, offset / 4 + this.#n8);
    if (noise !== 0) f32.fill(converterNoise, noise / 4, noise / 4 + mostSamples(area.cols) * this.#n8);
  }

  /** Draws from now on are those of this key: of one area, or of one item at one part of a network. */
  key([low, high]: Uint32Array): void {
    const { draws, conversions, devices } = this.#at;
    const { u32 } = kernelMemory.views;
    u32.set([low!, high!, streams.readOuts, streams.readOutTails, 0, 0], draws / 4);
    u32.set([low!, high!, streams.deviceReads], devices / 4);
    if (conversions !== 0) u32.set([low!, high!, streams.converters, 0, 0, 0], conversions / 4);
  }

  /** Takes `vectors` inputs, which act as these codes (vectors × rows). */
  load(codes: Int16Array | Float32Array, vectors: number, at: VectorPlaces): void {
    const columns = { ...this.#settings, gain: this.#at.gain, offset: this.#at.offset };
    const byCode = codes instanceof Int16Array ? columns : { ...columns, inputHigh: undefined };
    placeInputs(codes, columns, at);
    this.#vectors = at;
    this.#single = momentsOf(byCode, at, vectors);
  }

  /** Writes codes of samples of the loaded vectors, at most `mostSamples`; gives how many stand at an end of the range. */
  draw(span: Span): number {
    const { drawn, law, area } = this.#settings;
    const { repeats, count, number, to } = span;
    const [end, from] = [span.repeat + count, span.vector];
    let saturated = 0;
    for (let at = span.repeat; at < end; ) {
      const vector = Math.floor(at / repeats);
      const single = this.#single[from + vector]!;
      let next = vector + 1;
      while (next * repeats < end && this.#single[from + next] === single) next++;
      const here = Math.min(end, next * repeats) - at;
      const done = at - span.repeat;
      if (law !== "none") drawn[single ? "perDevice" : "moment"] += here;
      saturated += this.#part(
        {
          vector: from + vector,
          repeat: at % repeats,
          repeats,
          count: here,
          number: (number + done) % 2 ** 32,
          to: to + 2 * area.cols * done,
        },
        single === 1,
      );
      at += here;
    }
    return saturated;
  }

  #part(span: Span, single: boolean): number {
    const { kernels } = kernelMemory;
    const { law, area, converter } = this.#settings;
    const { cols } = area;
    const { lines, draws, conversions, noise } = this.#at;
    const { min, max, levels } = converter;
    const { to, count, number, repeat, repeats } = span;
    // Moments of the first vector.
    const skipped = 4 * this.#n8 * span.vector;
    const mean = this.#vectors!.mean + skipped;
    const gaussian = this.#vectors!.gaussian + skipped;
    const tails = law === "laplace" ? this.#vectors!.laplace + skipped : 0;
    if (levels === undefined && law !== "none" && !single)
      // biome-ignore format: as the kernel's arguments are
      return kernels.momentCodes(mean, gaussian, tails, repeat, repeats, to, cols, min, max, draws, number, count);
    if (single) this.#everyDevice(span);
    else if (law === "none") this.#means(span);
    else kernels.momentLines(mean, gaussian, tails, repeat, repeats, lines, cols, draws, number, count);
    if (levels === undefined) return kernels.lineCodes(lines, to, count, cols, min, max);
    if (this.#settings.converterNoise > 0)
      kernels.momentLines(lines, noise, 0, 0, 1, lines, cols, conversions, number, count);
    const { f32, i16 } = kernelMemory.views;
    return convertLines(levels, f32.subarray(lines / 4), i16.subarray(to / 2), { count, cols });
  }

  /** Lines of a reading without noise. */
  #means({ vector, repeat, repeats, count }: Span): void {
    const { f32 } = kernelMemory.views;
    const [n8, mean, lines] = [this.#n8, this.#vectors!.mean / 4, this.#at.lines / 4];
    for (let s = 0; s < count; s++) {
      const from = mean + n8 * (vector + Math.floor((repeat + s) / repeats));
      f32.copyWithin(lines + n8 * s, from, from + n8);
    }
  }

  #everyDevice({ vector, repeat, repeats, count, number }: Span): void {
    const { kernels } = kernelMemory;
    const { area, law } = this.#settings;
    const { lines, devices, gain, offset } = this.#at;
    const [panels] = kernelMemory.hold(panelOf(area, law === "laplace" ? "laplaces" : "normals"));
    const read = law === "laplace" ? kernels.laplaceReads : kernels.deviceReads;
    const clip = area.clipped ? 1 : 0;
    for (let s = 0; s < count; ) {
      const of = vector + Math.floor((repeat + s) / repeats);
      const x = this.#vectors!.x + 4 * area.rows * of;
      // With one read each, vectors follow one another; else all reads of one vector.
      const here = repeats === 1 ? count : Math.min(count - s, repeats - ((repeat + s) % repeats));
      const step = repeats === 1 ? 4 * area.rows : 0;
      const out = lines + 4 * this.#n8 * s;
      read(x, step, panels!, out, area.rows, this.#n8, devices, (number + s) % 2 ** 32, here, clip);
      s += here;
    }
    kernels.amplified(lines, gain, offset, count, this.#n8);
  }
}
