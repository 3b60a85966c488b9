import { type Exports, type Memory, viewsOf } from "../exports.ts";
import { mirrorForward } from "./forward.ts";
import { mirrorGemms } from "./gemm.ts";
import { mirrorLayers } from "./layers.ts";
import { mirrorNormals } from "./normals.ts";
import { mirrorReads } from "./reads.ts";
import { mirrorSamples } from "./samples.ts";
import { mirrorTelegraph } from "./telegraph.ts";

const page = 65536;

function plainMemory(): Memory {
  let buffer = new ArrayBuffer(2 * page);
  return {
    get buffer() {
      return buffer;
    },
    grow: (pages) => {
      const larger = new ArrayBuffer(buffer.byteLength + pages * page);
      new Uint8Array(larger).set(new Uint8Array(buffer));
      buffer = larger;
      return larger.byteLength / page;
    },
  };
}

/** All kernels in plain TypeScript on a memory of their own, bit for bit: the oracle, and what runs without SIMD. */
export function mirrorExports(): Exports {
  const memory = plainMemory();
  const views = viewsOf(memory);
  const chance = mirrorNormals(views);
  return {
    memory,
    ...chance,
    ...mirrorGemms(views),
    ...mirrorReads(views, chance),
    ...mirrorLayers(views),
    ...mirrorForward(views),
    ...mirrorSamples(views, chance),
    ...mirrorTelegraph(views, chance),
  };
}
