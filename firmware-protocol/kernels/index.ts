/** Checksum, byte stuffing and packed codes: in WASM where the host has SIMD, else in plain TypeScript with the same bytes. */
import { bytesOfBase64 } from "../notation.ts";
import { mirrorKernels } from "./mirror.ts";
import { wireWasm } from "./wire.wasm.ts";

/** On byte addresses: what each does stands in assembly/, what gives the same bytes in mirror.ts. */
export interface WireKernels {
  /** CRC-32C of `from` … `end` after what gave `seed`, as a signed number. */
  crc(from: number, end: number, seed: number): number;
  /** Stuffs `from` … `end` to `out`; returns where it ended. */
  stuff(from: number, end: number, out: number): number;
  /** Takes the stuffing out of `from` … `end`, which holds no 0x00; returns where `out` ended, 0 where a code points past the end. */
  unstuff(from: number, end: number, out: number): number;
  /** Packs `samples` of `perSample` int16 codes, each sample from a whole byte on; returns 1 where a code does not fit, else 0. */
  pack(from: number, samples: number, perSample: number, bits: number, out: number): number;
  /** Unpacks them again; returns how many are the least or the greatest code that `bits` hold. */
  unpack(from: number, samples: number, perSample: number, bits: number, out: number): number;
}

/** Kernels with a memory of their own. */
export interface Kit {
  readonly kernels: WireKernels;
  readonly u8: Uint8Array;
  readonly i16: Int16Array;
  readonly view: DataView;
}

/** Two places in the memory, each with room for `room` bytes, their stuffing and what kernels touch past the end. */
export const [plain, wire] = [32_768, 99_328] as const;
export const room = 65_536;
const pages = 3;

/** What is used of it: Node's types leave WebAssembly to the DOM's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
  readonly CompileError: new () => Error;
};

function compiled(): object | undefined {
  // A host without WASM or SIMD throws here; the mirror gives the same bytes, slower.
  try {
    return new WebAssembly.Module(bytesOfBase64(wireWasm)!);
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

function instance(module: object): { kernels: WireKernels; memory: ArrayBuffer } {
  const { exports } = new WebAssembly.Instance(module) as {
    exports: WireKernels & { prepare(): void; memory: { buffer: ArrayBuffer } };
  };
  exports.prepare();
  return { kernels: exports, memory: exports.memory.buffer };
}

const module = compiled();

export function newKit(kind: "wasm" | "mirror" = module ? "wasm" : "mirror"): Kit {
  const own = new ArrayBuffer(pages * 65_536);
  const { kernels, memory } =
    kind === "wasm" ? instance(module!) : { kernels: mirrorKernels(own), memory: own };
  return { kernels, u8: new Uint8Array(memory), i16: new Int16Array(memory), view: new DataView(memory) };
}

/** The kernels of this thread, for calls that leave nothing behind: both places are free between two of them. */
export const { kernels, u8, i16, view } = newKit();
