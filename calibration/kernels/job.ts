import type { KernelName } from "./exports.ts";
import type { Kernels } from "./wasm.ts";

/** A kernel and its arguments. */
export type Call = readonly [kernel: KernelName, ...given: number[]];

/** Numbers for a place in a kernel memory. */
export interface Write {
  readonly at: number;
  readonly numbers: Float32Array | Int16Array | Uint32Array;
}

/** Work for one kernel memory, whole in itself: it runs on this thread or in a worker with the same result. */
export interface Job {
  /** Memory it needs, from address 0. */
  readonly bytes: number;
  readonly writes: readonly Write[];
  readonly calls: readonly Call[];
  /** Place and length in bytes of what it hands back. */
  readonly read: { readonly at: number; readonly bytes: number };
}

/** What a job hands back. */
export interface Done {
  readonly bytes: Uint8Array;
  /** Sum of what the calls gave: saturated codes. */
  readonly count: number;
}

/** What one kernel can do again and again: numbers that stay in its memory, requests made into jobs, and their answers. */
export interface Engine<Request, Answer> {
  readonly resident: readonly Write[];
  job(request: Request): Job;
  /** Reads the answer where it lies: its arrays are views of the bytes, not copies. */
  answer(done: Done, request: Request): Answer;
}

export function write(kernels: Kernels, writes: readonly Write[]): void {
  for (const { at, numbers } of writes) {
    const { u8 } = kernels.reserve(at + numbers.byteLength);
    u8.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), at);
  }
}

/** Does a job on this thread. The bytes are the kernel's own until its next job. */
export function doJob(kernels: Kernels, { bytes, writes, calls, read }: Job): Done {
  kernels.reserve(bytes);
  write(kernels, writes);
  let count = 0;
  for (const [name, ...given] of calls)
    count += (kernels[name] as (...given: number[]) => number | undefined)(...given) ?? 0;
  return { bytes: kernels.reserve(bytes).u8.subarray(read.at, read.at + read.bytes), count };
}

/** Bytes read as numbers, without a copy. */
export const float32s = ({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array =>
  new Float32Array(buffer, byteOffset, byteLength / 4);
export const int16s = ({ buffer, byteOffset, byteLength }: Uint8Array): Int16Array =>
  new Int16Array(buffer, byteOffset, byteLength / 2);

/** Places in a kernel memory, one after another from `from`, each on 16 bytes. */
export function places(from: number): { place(bytes: number): number; readonly end: number } {
  let end = from;
  return {
    place: (bytes) => {
      const at = end;
      end += (bytes + 15) & ~15;
      return at;
    },
    get end() {
      return end;
    },
  };
}
