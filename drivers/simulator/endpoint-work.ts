import type { Clock } from "#calibration";
import {
  crc32c,
  encodeMessage,
  type MessageName,
  packSamples,
  type Reply,
  type Request,
  samplesPerChunk,
  unpackSamples,
} from "#protocol";
import { turn } from "../session/index.ts";
import type { BoardCore } from "./core.ts";
import {
  checkInputs,
  checkProgram,
  checkPulse,
  checkReadCells,
  checkReadOut,
  inputBits,
} from "./endpoint-limits.ts";
import type { Job } from "./endpoint-queue.ts";
import { Refusal } from "./refusal.ts";

export interface Bench {
  readonly core: BoardCore;
  readonly clock: Clock;
  /** Sends an event of the job; resolves when the line can take more. */
  readonly tell: (job: Job, event: MessageName, payload: Uint8Array) => Promise<void>;
}

/** Seconds between two progress reports: often enough for a bar, seldom enough for 9600 baud. */
const progressEvery = 0.1;
/** Bytes of a stream after which the board looks for an abort even if the line never makes it wait. */
const lookEvery = 1 << 16;

/** Carries out one request of the queue; gives the payload of its reply, or throws a Refusal. */
export async function carryOut(job: Job, bench: Bench): Promise<Uint8Array> {
  const { core } = bench;
  switch (job.what) {
    case "program":
      return encodeMessage("program", "reply", await programmed(job, bench));
    case "pulse": {
      const request = job.values as Request<"pulse">;
      checkPulse(core.descriptor, request);
      return encodeMessage("pulse", "reply", core.pulse(request));
    }
    case "readCells": {
      const request = job.values as Request<"readCells">;
      checkReadCells(core.descriptor, request);
      return encodeMessage("readCells", "reply", core.readCells(request));
    }
    case "readOut":
      return encodeMessage("readOut", "reply", await streamed(job, bench));
    default:
      throw new Refusal("unknownMessage", job.what);
  }
}

function mayGoOn(job: Job): void {
  if (job.stopped !== undefined) throw new Refusal("aborted", job.stopped);
}

async function programmed(job: Job, { core, clock, tell }: Bench): Promise<Reply<"program">> {
  const request = job.values as Request<"program">;
  checkProgram(core.descriptor, request);
  const steps = core.program(request);
  let told = clock.now();
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      if (clock.now() - told >= progressEvery) {
        told = clock.now();
        await tell(job, "progress", encodeMessage("progress", "reply", step.value));
      }
      await turn();
      mayGoOn(job);
    }
  } finally {
    steps.return(undefined as never);
  }
}

async function streamed(job: Job, { core, tell }: Bench): Promise<Reply<"readOut">> {
  const request = job.values as Request<"readOut">;
  const { descriptor: board } = core;
  checkReadOut(board, request);
  const inputs = unpackSamples(request.inputs, inputBits(board), {
    samples: request.vectors,
    perSample: request.rows,
  });
  checkInputs(board, inputs);
  const perChunk = samplesPerChunk(board.maxFrame, request.cols, board.adc.bits);
  const samples = request.vectors * request.repeats;
  const all = Math.ceil(samples / perChunk);
  const wanted =
    request.chunks.length > 0 ? request.chunks : Array.from({ length: all }, (_, chunk) => chunk);
  const end = { chunks: wanted.length, crc: 0, saturated: 0 };
  let unseen = 0;
  for (let i = 0; i < wanted.length; i++) {
    const first = wanted[i]! * perChunk;
    const read = core.readOut(request, inputs, first, Math.min(perChunk, samples - first));
    const codes = packSamples(read.codes, request.cols, board.adc.bits);
    end.crc = crc32c(codes, end.crc);
    end.saturated += read.saturated;
    const { ticks } = core.sense();
    await tell(
      job,
      "readOutChunk",
      encodeMessage("readOutChunk", "reply", { chunk: wanted[i]!, ticks, codes }),
    );
    unseen += codes.length;
    if (unseen >= lookEvery) await turn();
    unseen %= lookEvery;
    mayGoOn(job);
  }
  return { ...end, ticks: core.sense().ticks };
}
