import {
  chunkHead,
  crc32c,
  encodeMessage,
  inputBits,
  itemSize,
  packSamples,
  packSums,
  type Request,
  type StreamName,
  unpackSamples,
  writer,
} from "#protocol";
import { turn } from "../session/index.ts";
import { checkForward, checkInputs, checkReadOut, checkStream, sparseInputs } from "./endpoint-limits.ts";
import type { Job } from "./endpoint-queue.ts";
import { type Bench, mayGoOn } from "./endpoint-work.ts";
import { sumsOf } from "./sums.ts";
import { zeroed } from "./zeros.ts";

/** Bytes of a stream after which the board looks for an abort even if the line never makes it wait. */
const lookEvery = 1 << 16;

/** What a stream gives, item by item, and what it counts on the way. */
interface Source {
  readonly items: number;
  readonly size: number;
  /** Items that share work: cheaper to read together, from a multiple of this number on. */
  readonly together: number;
  /** Writes items `first` … `first + count` to `to`. */
  read(first: number, count: number, to: Uint8Array): Counts;
}
interface Counts {
  readonly saturated: number;
  readonly clipped?: number;
  readonly short?: number;
}
type Sums = { -readonly [K in keyof Counts]-?: number };

/** Seconds without a word after which the board says how far it has come: PROTOCOL.md §5. */
const sayEvery = 0.1;
/** Seconds that reading some items at once may take before fewer are read at once. */
const atOnce = 0.05;
/** Items that are read at once before it is known how long one takes, and by how much that number grows at most. */
const few = 8;
const growth = 16;

/** Streams a request: its chunks as events; gives the payload of its end record. */
export async function streamed(job: Job, bench: Bench): Promise<Uint8Array> {
  const what = job.what as StreamName;
  const { core, tell } = bench;
  const source = sources[what](job, bench);
  const { perChunk, wanted } = checkStream(core.descriptor, job.values as Request<StreamName>, source);
  const end = { chunks: wanted.length, crc: 0, saturated: 0, clipped: 0, short: 0 };
  const most = Math.min(perChunk, source.items) * source.size;
  const message = writer(most + chunkHead);
  const pace = new Pace(job, bench, most);
  let unseen = 0;
  for (let i = 0; i < wanted.length; i++) {
    const chunk = wanted[i]!;
    const first = chunk * perChunk;
    const items = await pace.read(source, first, Math.min(perChunk, source.items - first), end);
    end.crc = crc32c(items, end.crc);
    const { ticks } = core.sense();
    await tell(job, "chunk", encodeMessage("chunk", "reply", { chunk, ticks, items }, message));
    pace.told();
    unseen += items.length;
    if (unseen >= lookEvery) await turn();
    unseen %= lookEvery;
    mayGoOn(job);
  }
  return encodeMessage(what, "reply", { ...end, ticks: core.sense().ticks });
}

/** Reads as many items at once as take little time, and says how far a chunk has come where it takes long. */
class Pace {
  readonly #job: Job;
  readonly #bench: Bench;
  readonly #items: Uint8Array;
  #step = few;
  #toldAt: number;

  /** For chunks of at most `most` bytes. */
  constructor(job: Job, bench: Bench, most: number) {
    this.#job = job;
    this.#bench = bench;
    this.#items = new Uint8Array(most);
    this.#toldAt = bench.clock.now();
  }

  told(): void {
    this.#toldAt = this.#bench.clock.now();
  }

  /** Items `first` … `first + count`, which hold until the next ones are read; what they counted is added to `sums`. */
  async read(source: Source, first: number, count: number, sums: Sums): Promise<Uint8Array> {
    const { size } = source;
    for (let done = 0; ; ) {
      const step = this.#stepAt(source, first + done, count - done);
      const before = this.#bench.clock.now();
      const counts = source.read(first + done, step, this.#items.subarray(done * size, (done + step) * size));
      this.#adapt(step, this.#bench.clock.now() - before);
      sums.saturated += counts.saturated;
      sums.clipped += counts.clipped ?? 0;
      sums.short += counts.short ?? 0;
      done += step;
      if (done === count) return this.#items.subarray(0, count * size);
      if (this.#bench.clock.now() - this.#toldAt >= sayEvery) await this.#say(first + done, source.items);
    }
  }

  /** Items to read at once at item `first`, of `left`: up to where work is shared no further, if it is not all of them. */
  #stepAt({ together }: Source, first: number, left: number): number {
    if (this.#step >= left) return left;
    const whole = Math.floor((first + this.#step) / together) * together - first;
    return whole > 0 ? whole : this.#step;
  }

  /** As many at once as take half the time there is, after `step` of them took `seconds`. */
  #adapt(step: number, seconds: number): void {
    if (seconds > atOnce) this.#step = Math.ceil(step / 2);
    else
      this.#step = Math.max(this.#step, Math.floor(Math.min(growth * step, (step * atOnce) / 2 / seconds)));
  }

  async #say(done: number, total: number): Promise<void> {
    const pulses = this.#bench.core.sense().pulses;
    await this.#bench.tell(
      this.#job,
      "progress",
      encodeMessage("progress", "reply", { done, total, pulses }),
    );
    this.told();
    await turn();
    mayGoOn(this.#job);
  }
}

const sources: Record<StreamName, (job: Job, bench: Bench) => Source> = {
  readOut(job, { core }) {
    const { request, inputs } = drivenBy(job, core);
    const { cols } = request;
    const { bits } = core.descriptor.adc;
    const read = zeroed(core, request);
    let room = new Int16Array(0);
    return {
      items: request.vectors * request.repeats,
      size: itemSize.readOut(cols, bits),
      together: 1,
      read: (first, count, to) => {
        if (room.length < count * cols) room = new Int16Array(count * cols);
        const { codes, saturated } = read(core.readOut(request, inputs, first, count, room));
        packSamples(codes, cols, bits, to);
        return { saturated };
      },
    };
  },
  readMoments(job, { core }) {
    const { request, inputs } = drivenBy(job, core);
    const { vectors, repeats, cols, zeros } = request;
    const read = zeroed(core, request);
    const lit = (first: number, count: number): ReturnType<typeof sumsOf> =>
      sumsOf(read(core.readOut(request, inputs, first * repeats, count * repeats)), { count, repeats, cols });
    return {
      items: vectors,
      size: itemSize.readMoments(cols),
      together: 1,
      read: (first, count, to) => {
        const found = zeros === 0 ? core.readMoments(request, inputs, first, count) : lit(first, count);
        packSums(found, to);
        return { saturated: found.saturated };
      },
    };
  },
  forward(job, { core, plans }) {
    const request = job.values as Request<"forward">;
    const plan = plans.plan(request.plan);
    checkForward(core.descriptor, plan);
    const inputs = sparseInputs(core.descriptor, plan, request);
    const { outputs } = plan.layers.at(-1)!;
    return {
      items: request.items * request.samples,
      size: itemSize.forward(outputs, plan.outputBits),
      together: request.samples,
      read: (first, count, to) => {
        const { codes, ...counts } = core.forward(plan, request, inputs, first, count);
        packSamples(codes, outputs, plan.outputBits, to);
        return counts;
      },
    };
  },
};

function drivenBy(
  { values }: Job,
  { descriptor }: Bench["core"],
): { request: Request<"readOut">; inputs: Int16Array } {
  const request = values as Request<"readOut">;
  checkReadOut(descriptor, request);
  const { vectors, rows } = request;
  const inputs = unpackSamples(request.inputs, inputBits(descriptor), { samples: vectors, perSample: rows });
  checkInputs(descriptor, inputs);
  return { request, inputs };
}
