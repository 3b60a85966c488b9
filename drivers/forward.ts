import {
  crc32c,
  type Descriptor,
  encodePlan,
  type ForwardPlan,
  type ForwardReport,
  type ForwardRequest,
  frameOverhead,
  inputBits,
  itemRoom,
  itemSize,
  itemsPerChunk,
  MhoError,
  packedSize,
  packSparse,
  unpackInto,
} from "#protocol";
import { each } from "./each.ts";
import type { Session } from "./session/index.ts";
import { readStream } from "./stream.ts";

/** Header and CRC of a frame, and the fields of a forward request that are not input codes. */
const requestHead = frameOverhead + 20;
/** Header and CRC of a frame, and the fields of a `storePlan` that are not the piece. */
const storeHead = frameOverhead + 10;

/** Network plans on one board, which holds one at a time: what it holds is asked for, not guessed. */
export class Plans {
  readonly #session: Session;
  readonly #board: Descriptor;
  readonly #encoded = new WeakMap<ForwardPlan, { readonly bytes: Uint8Array; readonly crc: number }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: Session, board: Descriptor) {
    this.#session = session;
    this.#board = board;
  }

  /** Runs inputs through a plan; another call waits, so that its plan does not take the place of this one. */
  async run(request: ForwardRequest): Promise<ForwardReport> {
    requireRoom(this.#board, request);
    const run = async (): Promise<ForwardReport> => {
      const crc = await this.#store(request.plan, request.signal);
      return runForward(this.#session, this.#board, request, crc);
    };
    const done = this.#last.then(run, run);
    this.#last = done;
    return done;
  }

  /** Has the board hold this plan; gives its CRC. CAPABILITY_MISSING where the board has no room for it. */
  async #store(plan: ForwardPlan, signal: AbortSignal | undefined): Promise<number> {
    const { bytes, crc } = this.#bytesOf(plan);
    const stored = await this.#session.request("plan", {}, { signal });
    if (stored.crc === crc && stored.size === bytes.length) return crc;
    if (bytes.length > stored.room)
      throw new MhoError("CAPABILITY_MISSING", {
        what: `hold a network plan of ${bytes.length} bytes (it has room for ${stored.room})`,
      });
    const most = this.#board.maxFrame - storeHead;
    for (let at = 0; at < bytes.length; at += most) {
      const piece = bytes.subarray(at, at + most);
      await this.#session.request("storePlan", { size: bytes.length, at, piece }, { signal });
    }
    return crc;
  }

  #bytesOf(plan: ForwardPlan): { readonly bytes: Uint8Array; readonly crc: number } {
    const known = this.#encoded.get(plan);
    if (known !== undefined) return known;
    const bytes = encodePlan(plan);
    const made = { bytes, crc: crc32c(bytes) };
    this.#encoded.set(plan, made);
    return made;
  }
}

/** Errors: CAPABILITY_MISSING where an input, or an output, may be too wide for a frame of the board, or samples are too many. */
function requireRoom(board: Descriptor, { plan: { layers, outputBits }, samples }: ForwardRequest): void {
  if (samples > 0xffff)
    throw new MhoError("CAPABILITY_MISSING", { what: `draw ${samples} samples of an input at once (65535)` });
  const { inputs } = layers[0]!;
  const widest = packedSize(inputs, 1) + packedSize(inputs, inputBits(board));
  const sample = itemSize.forward(layers.at(-1)!.outputs, outputBits);
  if (widest + requestHead > board.maxFrame || sample > itemRoom(board.maxFrame))
    throw new MhoError("CAPABILITY_MISSING", {
      what: `take ${inputs} inputs in a frame of ${board.maxFrame} bytes`,
    });
}

/** Inputs that go to the board in one request. */
interface Share {
  readonly first: number;
  readonly count: number;
  readonly inputs: Uint8Array;
}

/** As many inputs as fit a frame and the 65535 chunks of a request, again and again. */
function* sharesOf(board: Descriptor, { plan, inputs, items, samples }: ForwardRequest): Generator<Share> {
  const size = plan.layers[0]!.inputs;
  const bits = inputBits(board);
  const room = board.maxFrame - requestHead;
  const perChunk = itemsPerChunk(
    board.maxFrame,
    itemSize.forward(plan.layers.at(-1)!.outputs, plan.outputBits),
  );
  const most = Math.max(1, Math.floor((0xffff * perChunk) / samples));
  for (let first = 0, at = 0; first < items; first = at) {
    const packed: Uint8Array[] = [];
    let used = 0;
    for (; at < items && at - first < Math.min(most, 0xffff); at++) {
      const one = packSparse(inputs.subarray(at * size, (at + 1) * size), bits);
      if (used + one.length > room && packed.length > 0) break;
      packed.push(one);
      used += one.length;
    }
    yield { first, count: at - first, inputs: Buffer.concat(packed) };
  }
}

/** Runs inputs through the plan that the board holds under `crc`. */
async function runForward(
  session: Session,
  board: Descriptor,
  request: ForwardRequest,
  crc: number,
): Promise<ForwardReport> {
  const { plan, items, samples, firstItem, seed, signal, onProgress } = request;
  const { outputs } = plan.layers.at(-1)!;
  const report = { codes: new Int16Array(items * samples * outputs), saturated: 0, clipped: 0, short: 0 };
  let done = 0;
  const run = async (share: Share): Promise<void> => {
    const ends = await readStream(session, board, {
      what: "forward",
      values: {
        plan: crc,
        items: share.count,
        samples,
        firstItem: (firstItem + share.first) % 2 ** 32,
        seed,
        inputs: share.inputs,
        chunks: [],
      },
      items: share.count * samples,
      size: itemSize.forward(outputs, plan.outputBits),
      signal,
      take: (packed, first, count) => {
        const at = (share.first * samples + first) * outputs;
        unpackInto(report.codes, at, packed, plan.outputBits, { samples: count, perSample: outputs });
      },
    });
    for (const end of ends) {
      report.saturated += end.saturated;
      report.clipped += end.clipped;
      report.short += end.short;
    }
    done += share.count;
    onProgress?.(done, items);
  };
  await each(sharesOf(board, request), board.window, run);
  return report;
}
