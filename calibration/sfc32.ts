import { philox4x32 } from "./philox.ts";

/**
 * State of one sfc32 generator: four words. Doty-Humphrey's sfc32 (PractRand) passes BigCrush; keyed by Philox its
 * starting points are independent random states, so no warm-up is needed.
 */
export type Sfc32 = Int32Array;

/** Address of a run of random numbers: what for (`stream`) and which one (`a`, `b`), each a uint32. */
export interface Address {
  readonly seed: number;
  readonly stream: number;
  readonly a: number;
  readonly b: number;
}

/** The 64-bit key of a seed: its lower and upper word. Seeds are safe integers ≥ 0. */
export function keyOf(seed: number): readonly [number, number] {
  return [seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0];
}

/** State of lane `lane`: Philox4x32-10(counter = (lane, b, a, stream), key = seed). */
export function sfc32Lane(at: Address, lane: number): Sfc32 {
  const state = new Uint32Array(4);
  philox4x32([lane, at.b, at.a, at.stream], keyOf(at.seed), state);
  return new Int32Array(state.buffer);
}

/** Writes `count` outputs of one lane to words[offset], words[offset + stride], … and moves the lane on. */
export function fillLane(
  lane: Sfc32,
  words: Int32Array,
  { offset, stride, count }: { offset: number; stride: number; count: number },
): void {
  let a = lane[0]!;
  let b = lane[1]!;
  let c = lane[2]!;
  let counter = lane[3]!;
  for (let i = 0, at = offset; i < count; i++, at += stride) {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    words[at] = t;
  }
  lane[0] = a;
  lane[1] = b;
  lane[2] = c;
  lane[3] = counter;
}
