import type { Address } from "../sfc32.ts";
import { keyWords } from "./device-reads.ts";
import { type Engine, float32s, places } from "./job.ts";
import { scratch } from "./wasm.ts";

/** The beginning of the run of numbers at an address, `count` long. */
export interface Numbers extends Address {
  readonly count: number;
}

/**
 * The numbers of `fillNormals` or `fillLaplaces` at the same address, made where they will lie: `inPlace` gives them without
 * a copy.
 */
export function numbers(law: "normals" | "laplaces"): Engine<Numbers, Float32Array> {
  const { place } = places(scratch);
  const [key, state, out] = [place(16), place(64), place(0)];
  return {
    resident: [],
    job: ({ seed, stream, a, b, count }) => ({
      bytes: out + 4 * count + 64,
      writes: [{ at: key, numbers: keyWords({ seed, stream }) }],
      calls: [
        ["keyed", state, key, a, b],
        [law, out, count, state],
      ],
      read: { at: out, bytes: 4 * count },
    }),
    answer: ({ bytes }) => float32s(bytes),
  };
}
