import { Worker } from "node:worker_threads";
import { MhoError } from "#protocol";
import { type Done, doJob, type Engine, type Job, type Write, write } from "./job.ts";
import { type Kernels, newKernels, simd, wasmBytes } from "./wasm.ts";

/** Something that holds an engine's numbers and answers its requests. */
export interface Pool<Request, Answer> extends AsyncDisposable {
  /** Answers in the order of the requests. */
  run(requests: readonly Request[]): Promise<Answer[]>;
}

/**
 * All that a worker does: `doJob` on a kernel memory of its own. It loads nothing but the kernels, so no native module
 * of the program is ever loaded twice (serialport aborts the process in a worker).
 */
const worker = `
const { parentPort, workerData } = require("node:worker_threads");
const { exports: kernels } = new WebAssembly.Instance(new WebAssembly.Module(workerData.wasm));
kernels.prepare();
function reserve(bytes) {
  const missing = bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / 65536));
}
function write(writes) {
  for (const { at, numbers } of writes) {
    reserve(at + numbers.byteLength);
    new Uint8Array(kernels.memory.buffer).set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), at);
  }
}
write(workerData.resident);
parentPort.on("message", ({ bytes, writes, calls, read }) => {
  reserve(bytes);
  write(writes);
  let count = 0;
  for (const [name, ...given] of calls) count += kernels[name](...given) ?? 0;
  const done = new Uint8Array(kernels.memory.buffer).slice(read.at, read.at + read.bytes);
  parentPort.postMessage({ bytes: done, count }, [done.buffer]);
});
`;

/**
 * An engine on this thread, whose answers lie in the kernel's memory: no copy is made and nothing is left to collect. An
 * answer holds until the next call, which writes over it.
 */
export function inPlace<Request, Answer>(engine: Engine<Request, Answer>): (request: Request) => Answer {
  const kernels: Kernels = newKernels();
  write(kernels, engine.resident);
  return (request) => engine.answer(doJob(kernels, engine.job(request)), request);
}

/** An engine on this thread: asked, it answers. */
export function direct<Request, Answer>(engine: Engine<Request, Answer>): (request: Request) => Answer {
  return inPlace({
    ...engine,
    answer: ({ bytes, count }, request) => engine.answer({ bytes: bytes.slice(), count }, request),
  });
}

interface Waiting {
  resolve(done: Done): void;
  reject(reason: unknown): void;
}

/** One worker thread: it does its jobs in the order they come. A thread that has ended refuses those left and later ones. */
function thread(resident: readonly Write[]): { run(job: Job): Promise<Done>; end(): Promise<unknown> } {
  const worked = new Worker(worker, { eval: true, workerData: { wasm: wasmBytes, resident } });
  const waiting: Waiting[] = [];
  let failure: unknown;
  const fail = (reason: unknown): void => {
    failure ??= reason;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worked.on("message", (done: Done) => waiting.shift()?.resolve(done));
  worked.on("error", fail);
  worked.on("exit", () => fail(new MhoError("THREADS_ENDED", {})));
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure) {
          reject(failure);
          return;
        }
        waiting.push({ resolve, reject });
        worked.postMessage(job);
      }),
    end: () => worked.terminate(),
  };
}

/**
 * An engine on `workers` threads, each with its own kernels and a copy of the engine's numbers; on this thread where
 * there are none or no SIMD. Answers do not depend on the number of workers: every request names its own random numbers.
 * Worth it for requests of more than a millisecond.
 */
export function pool<Request, Answer>(
  engine: Engine<Request, Answer>,
  workers: number,
): Pool<Request, Answer> {
  if (workers === 0 || !simd) {
    const answer = direct(engine);
    return { run: async (requests) => requests.map(answer), [Symbol.asyncDispose]: async () => {} };
  }
  const threads = Array.from({ length: workers }, () => thread(engine.resident));
  const run = async (requests: readonly Request[]): Promise<Answer[]> => {
    const answers: Answer[] = [];
    let next = 0;
    const work = async (on: (typeof threads)[number]): Promise<void> => {
      while (next < requests.length) {
        const at = next++;
        const request = requests[at]!;
        answers[at] = engine.answer(await on.run(engine.job(request)), request);
      }
    };
    await Promise.all(threads.map(work));
    return answers;
  };
  return {
    run,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(threads.map(({ end }) => end()));
    },
  };
}
