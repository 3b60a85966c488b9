import type { Clock } from "#calibration";
import { encodeMessage, type MessageName, type Reply, type Request } from "#protocol";
import { turn } from "../session/index.ts";
import type { BoardCore } from "./core.ts";
import { checkOffered, checkProgram, checkPulse, checkReadCells } from "./endpoint-limits.ts";
import type { Job } from "./endpoint-queue.ts";
import { streamed } from "./endpoint-streams.ts";
import type { PlanMemory } from "./plan-memory.ts";
import { Refusal } from "./refusal.ts";

export interface Bench {
  readonly core: BoardCore;
  readonly clock: Clock;
  readonly plans: PlanMemory;
  /** Sends an event of the job; resolves when the line can take more. */
  readonly tell: (job: Job, event: MessageName, payload: Uint8Array) => Promise<void>;
}

/** Seconds between two progress reports: often enough for a bar, seldom enough for 9600 baud. */
const progressEvery = 0.1;

/** Carries out one request of the queue; gives the payload of its reply, or throws a Refusal. */
export async function carryOut(job: Job, bench: Bench): Promise<Uint8Array> {
  const { core } = bench;
  checkOffered(core.descriptor, job.what);
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
    case "storePlan":
      return encodeMessage("storePlan", "reply", bench.plans.store(job.values as Request<"storePlan">));
    case "plan":
      return encodeMessage("plan", "reply", bench.plans.describe());
    case "readOut":
    case "readMoments":
    case "forward":
      return streamed(job, bench);
    default:
      throw new Refusal("unknownMessage", job.what);
  }
}

/** Throws where the job was ended from outside. */
export function mayGoOn(job: Job): void {
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
