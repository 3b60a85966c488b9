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

/** Streams a request: its chunks as events; gives the payload of its end record. */
export async function streamed(job: Job, bench: Bench): Promise<Uint8Array> {
  const what = job.what as StreamName;
  const request = job.values as Request<StreamName>;
  const { core, tell } = bench;
  const source = sources[what](job, bench);
  const { perChunk, wanted } = checkStream(core.descriptor, request, source);
  const end = { chunks: wanted.length, crc: 0, saturated: 0, clipped: 0, short: 0 };
  const message = writer(core.descriptor.maxFrame);
  let unseen = 0;
  for (let i = 0; i < wanted.length; i++) {
    const chunk = wanted[i]!;
    const first = chunk * perChunk;
    const { items, saturated, clipped, short } = source.read(first, Math.min(perChunk, source.items - first));
    end.crc = crc32c(items, end.crc);
    end.saturated += saturated;
    end.clipped += clipped ?? 0;
    end.short += short ?? 0;
    const { ticks } = core.sense();
    await tell(job, "chunk", encodeMessage("chunk", "reply", { chunk, ticks, items }, message));
    unseen += items.length;
    if (unseen >= lookEvery) await turn();
    unseen %= lookEvery;
    mayGoOn(job);
  }
  return encodeMessage(what, "reply", { ...end, ticks: core.sense().ticks });
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
