import { padded, places, scratch, streams } from "#calibration";
import type { Request } from "#protocol";
import { kernelMemory } from "./kernel-memory.ts";
import { vectorPlaces } from "./moments.ts";
import { keyOfDraws, mostSamples, Reading, type ReadingSettings, readingPlaces } from "./reading.ts";

/** Vectors whose moments are worked out together: cells come from the L3 cache once for all of them. */
const batch = 128;

/** A read-out made ready: the state of the cells is fixed, samples may be taken in any order and any number of times. */
export interface Burst {
  /** The codes may lie in `into`, which has room for them. */
  take(first: number, count: number, into?: Int16Array): { codes: Int16Array; saturated: number };
  /** Sums over the repeats of `count` vectors of their codes and of the squares of these, count × cols. */
  sums(first: number, count: number): { sums: Float64Array; squares: Float64Array; saturated: number };
}

export interface BurstSettings extends ReadingSettings {
  /** vectors × rows DAC codes, as they act: drive.ts. */
  readonly inputs: Int16Array | Float32Array;
  readonly seed: number;
}

type Shape = Pick<
  Request<"readOut">,
  "tile" | "row" | "col" | "rows" | "cols" | "vectors" | "repeats" | "firstSample"
>;

/** Makes a read-out ready to be taken chunk by chunk; sample s has number firstSample + s and vector ⌊s / repeats⌋. */
export function burst(request: Shape, settings: BurstSettings): Burst {
  const { tile, row, col, rows, cols, repeats, vectors, firstSample } = request;
  const memory = places(scratch);
  const at = vectorPlaces(memory.place, { rows, cols, vectors: Math.min(batch, vectors) });
  const reading = new Reading(settings, readingPlaces(memory.place, settings));
  const most = mostSamples(cols);
  const to = memory.place(2 * most * cols + 16);
  const key = keyOfDraws(settings.seed, streams.drawKeys, [tile, row, col]);
  const [sumsAt, squaresAt] = [memory.place(8 * padded(cols)), memory.place(8 * padded(cols))];
  const owner = {};
  let held = -1;

  /** Draws at most `most` samples of one batch of vectors; gives how many there are. */
  const draw = (first: number, count: number): { count: number; saturated: number } => {
    if (kernelMemory.claim(owner, memory.end)) {
      reading.begin();
      reading.key(key);
      held = -1;
    }
    const vector = Math.floor(first / repeats);
    const start = vector - (vector % batch);
    const end = Math.min(vectors, start + batch);
    if (held !== start) reading.load(settings.inputs.subarray(start * rows, end * rows), end - start, at);
    held = start;
    const here = Math.min(count, most, end * repeats - first);
    const number = (firstSample + first) % 2 ** 32;
    const span = { vector: vector - start, repeat: first % repeats, repeats, count: here, number, to };
    return { count: here, saturated: reading.draw(span) };
  };

  return {
    take: (first, count, into) => {
      const start = draw(first, count);
      const drawn = kernelMemory.views.i16.subarray(to / 2, to / 2 + start.count * cols);
      if (start.count === count && !into) return { codes: drawn.slice(), saturated: start.saturated };
      const codes = into?.subarray(0, count * cols) ?? new Int16Array(count * cols);
      codes.set(drawn);
      let { saturated } = start;
      for (let done = start.count; done < count; ) {
        const next = draw(first + done, count - done);
        codes.set(kernelMemory.views.i16.subarray(to / 2, to / 2 + next.count * cols), done * cols);
        saturated += next.saturated;
        done += next.count;
      }
      return { codes, saturated };
    },
    sums: (first, count) => {
      const [sums, squares] = [new Float64Array(count * cols), new Float64Array(count * cols)];
      let saturated = 0;
      for (let s = 0; s < count * repeats; ) {
        const vector = Math.floor(s / repeats);
        const drawn = draw(first * repeats + s, (vector + 1) * repeats - s);
        kernelMemory.kernels.tallied(to, drawn.count, cols, sumsAt, squaresAt);
        const { f64 } = kernelMemory.views;
        for (let j = 0, at = vector * cols; j < cols; j++, at++) {
          sums[at]! += f64[sumsAt / 8 + j]!;
          squares[at]! += f64[squaresAt / 8 + j]!;
        }
        saturated += drawn.saturated;
        s += drawn.count;
      }
      return { sums, squares, saturated };
    },
  };
}
