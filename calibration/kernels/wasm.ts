import { kernelsWasm } from "./kernels.wasm.ts";

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
/** What is used of it: Node's types leave WebAssembly to the DOM's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
  readonly CompileError: new () => Error;
};

/** Byte addresses in, nothing out: see assembly/ for what each does. */
interface Exports {
  readonly memory: Memory;
  prepare(): void;
  normals(out: number, count: number, state: number): void;
  laplaces(out: number, count: number, state: number): void;
  pack(b: number, panels: number, k: number, n: number): void;
  gemm(a: number, panels: number, out: number, m: number, k: number, n8: number): void;
  unpad(from: number, to: number, m: number, n: number, n8: number): void;
}

/** The kernels and their memory, seen as floats. Everything above `scratch` is free between two calls. */
export interface Kernels extends Exports {
  /** Makes sure of `bytes` above `scratch`, and gives the memory as floats: growing takes earlier views away. */
  floats(bytes: number): Float32Array;
}

/** First free byte: constants of the module lie below. */
export const scratch = 4096;
const page = 65536;

function instantiated(): Kernels | undefined {
  // A host without WASM or SIMD throws here; the mirrors give the same bits, slower.
  try {
    const module = new WebAssembly.Module(Buffer.from(kernelsWasm, "base64"));
    const { exports } = new WebAssembly.Instance(module);
    const bare = exports as Exports;
    bare.prepare();
    return { ...bare, floats: viewOf(bare.memory) };
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function viewOf(memory: Memory): (bytes: number) => Float32Array {
  let view = new Float32Array(memory.buffer);
  return (bytes) => {
    const missing = scratch + bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / page));
    if (view.buffer !== memory.buffer) view = new Float32Array(memory.buffer);
    return view;
  };
}

/** The WASM kernels of this thread; undefined where the host has no SIMD. */
export const kernels: Kernels | undefined = instantiated();
