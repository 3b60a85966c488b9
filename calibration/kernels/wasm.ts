import { type Exports, type Views, viewsOf } from "./exports.ts";
import { kernelsWasm } from "./kernels.wasm.ts";
import { mirrorExports } from "./mirror/index.ts";

/** What is used of it: Node's types leave WebAssembly to the DOM's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
  readonly CompileError: new () => Error;
};

/** Kernels with a memory of their own. */
export interface Kernels extends Exports {
  /** Makes sure of `bytes` from address 0, and gives the memory: growing takes earlier views away. */
  reserve(bytes: number): Views;
}

/** First free byte: constants and tiles of the kernels lie below. */
export const scratch = 8192;
const page = 65536;

export const wasmBytes: Uint8Array = Buffer.from(kernelsWasm, "base64");

function compiled(): object | undefined {
  // A host without WASM or SIMD throws here; the mirror gives the same bits, slower.
  try {
    return new WebAssembly.Module(wasmBytes);
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

const module = compiled();

/** Whether kernels run in WASM here. */
export const simd: boolean = module !== undefined;

function wasmExports(from: object): Exports {
  const exports = new WebAssembly.Instance(from).exports as Exports & { prepare(): void };
  exports.prepare();
  return exports;
}

/** Kernels with a new memory: in WASM where the host has SIMD, else in plain TypeScript with the same bits. */
export function newKernels(kind: "wasm" | "mirror" = simd ? "wasm" : "mirror"): Kernels {
  const exports = kind === "wasm" ? wasmExports(module!) : mirrorExports();
  const { memory } = exports;
  const views = viewsOf(memory);
  const reserve = (bytes: number): Views => {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / page));
    return views();
  };
  return { ...exports, memory, reserve };
}

/** The kernels of this thread, for calls that leave nothing behind: everything above `scratch` is free between two of them. */
export const kernels: Kernels = newKernels();
