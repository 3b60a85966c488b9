import {
  crc32c,
  encodeMessage,
  itemSize,
  packSamples,
  type Request,
  type StreamName,
  unpackSamples,
  unpackSparse,
  writer,
} from "#protocol";
import { turn } from "../session/index.ts";
import { checkForward, checkInputs, checkReadOut, checkStream, inputBits } from "./endpoint-limits.ts";
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
  /** The items hold until the next ones are read. */
  read(first: number, count: number): { readonly items: Uint8Array } & Counts;
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

/** Streams a request: its chunks as events; gives the payload of its end record. */
export async function streamed(job: Job, bench: Bench): Promise<Uint8Array> {
  const what = job.what as StreamName;
  const { core, tell } = bench;
  const source = sources[what](job, bench);
  const { perChunk, wanted } = checkStream(core.descriptor, job.values as Request<StreamName>, source);
  const end = { chunks: wanted.length, crc: 0, saturated: 0, clipped: 0, short: 0 };
  const message = writer(core.descriptor.maxFrame);
  const pace = new Pace(job, bench, perChunk);
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
  readonly #whole: Uint8Array;
  #step = 8;
  #toldAt: number;

  constructor(job: Job, bench: Bench, perChunk: number) {
    this.#job = job;
    this.#bench = bench;
    this.#whole = new Uint8Array(bench.core.descriptor.maxFrame);
    this.#step = Math.min(this.#step, perChunk);
    this.#toldAt = bench.clock.now();
  }

  told(): void {
    this.#toldAt = this.#bench.clock.now();
  }

  /** Items `first` … `first + count`, which hold until the next ones are read; what they counted is added to `sums`. */
  async read(source: Source, first: number, count: number, sums: Sums): Promise<Uint8Array> {
    for (let done = 0; ; ) {
      const step = Math.min(this.#step, count - done);
      const before = this.#bench.clock.now();
      const { items, saturated, clipped = 0, short = 0 } = source.read(first + done, step);
      this.#step =
        this.#bench.clock.now() - before > atOnce ? Math.ceil(step / 2) : Math.max(this.#step, 2 * step);
      sums.saturated += saturated;
      sums.clipped += clipped;
      sums.short += short;
      if (step === count) return items;
      this.#whole.set(items, done * source.size);
      done += step;
      if (done === count) return this.#whole.subarray(0, count * source.size);
      if (this.#bench.clock.now() - this.#toldAt >= sayEvery) await this.#say(first + done, source.items);
    }
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
    const { bits } = core.descriptor.adc;
    const read = zeroed(core, request);
    const packed = new Uint8Array(core.descriptor.maxFrame);
    return {
      items: request.vectors * request.repeats,
      size: itemSize.readOut(request.cols, bits),
      read: (first, count) => {
        const { codes, saturated } = read(core.readOut(request, inputs, first, count));
        return { items: packSamples(codes, request.cols, bits, packed), saturated };
      },
    };
  },
  readMoments(job, { core }) {
    const { request, inputs } = drivenBy(job, core);
    const read = zeroed(core, request);
    return {
      items: request.vectors,
      size: itemSize.readMoments(request.cols),
      read: (first, count) => {
        if (request.zeros === 0) return packSums(core.readMoments(request, inputs, first, count));
        const { repeats, cols } = request;
        const all = read(core.readOut(request, inputs, first * repeats, count * repeats));
        return packSums(sumsOf(all, { count, repeats, cols }));
      },
    };
  },
  forward(job, { core, plans }) {
    const request = job.values as Request<"forward">;
    const plan = plans.plan(request.plan);
    checkForward(core.descriptor, plan);
    const size = plan.layers[0]!.inputs;
    const inputs = new Int16Array(request.items * size);
    for (let item = 0, at = 0; item < request.items; item++)
      at = unpackSparse(
        request.inputs,
        at,
        inputBits(core.descriptor),
        inputs.subarray(item * size, (item + 1) * size),
      );
    checkInputs(core.descriptor, plan.layers[0]!.twoPhases ? inputs.map(Math.abs) : inputs);
    const { outputs } = plan.layers.at(-1)!;
    const packed = new Uint8Array(core.descriptor.maxFrame);
    return {
      items: request.items * request.samples,
      size: itemSize.forward(outputs, plan.outputBits),
      read: (first, count) => {
        const { codes, ...counts } = core.forward(plan, request, inputs, first, count);
        return { items: packSamples(codes, outputs, plan.outputBits, packed), ...counts };
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

/** A sum i32 and a sum of squares u64 a column, little-endian. */
function packSums({ sums, squares, saturated }: ReturnType<typeof sumsOf>): { items: Uint8Array } & Counts {
  const items = new Uint8Array(itemSize.readMoments(sums.length));
  const view = new DataView(items.buffer);
  for (let i = 0, at = 0; i < sums.length; i++, at += 12) {
    view.setInt32(at, sums[i]!, true);
    view.setUint32(at + 4, squares[i]! % 2 ** 32, true);
    view.setUint32(at + 8, squares[i]! / 2 ** 32, true);
  }
  return { items, saturated };
}
