import type { Exports, Views } from "../exports.ts";
import { lnUniform, nextWord } from "./normals.ts";

const { fround } = Math;
const state = 1024;
const perGroup = 32;

type Telegraph = Pick<Exports, "telegraphDense" | "telegraphSkip">;

function dense(views: () => Views, keyed: Exports["keyed"]): Telegraph["telegraphDense"] {
  return (x, levels, odds, amplitudes, out, rows, n8, key, number) => {
    const { f32, i32, u32 } = views();
    const words = i32.subarray(state / 4, state / 4 + 16);
    for (let p = 0; p < n8 / 8; p++) {
      keyed(state, key, number, p);
      const sum = out / 4 + 8 * p;
      f32.fill(0, sum, sum + 8);
      for (let row = 0; row < rows; row++)
        for (let c = 0; c < 8; c++) {
          const line = p * rows + row;
          const at = 8 * line + c;
          const level = i32[levels / 4 + at]!;
          const threshold = u32[odds / 4 + 16 * line + c - 8 * level]!;
          const flipped = nextWord(words, c % 4) >>> 0 < threshold ? ~level : level;
          i32[levels / 4 + at] = flipped;
          const amplitude = flipped ? f32[amplitudes / 4 + at]! : 0;
          f32[sum + c] = f32[sum + c]! + fround(f32[x / 4 + row]! * amplitude);
        }
    }
  };
}

/** Waiting times −ln u with the word that goes with each, as the kernel makes them: 32 at a time, lane by lane. */
function waits(words: Int32Array): () => readonly [number, number] {
  const held: (readonly [number, number])[] = [];
  let next = perGroup;
  return () => {
    if (next === perGroup) {
      held.length = 0;
      for (let i = 0; i < perGroup; i++)
        held.push([-lnUniform(nextWord(words, i % 4)), nextWord(words, i % 4) >>> 0]);
      next = 0;
    }
    return held[next++]!;
  };
}

function skip(views: () => Views, keyed: Exports["keyed"]): Telegraph["telegraphSkip"] {
  return (x, levels, devices, sums, rows, count, most, key, number, bucket, perWait) => {
    const { f32, f64, i32, u32 } = views();
    keyed(state, key, number, bucket);
    const wait = waits(i32.subarray(state / 4, state / 4 + 16));
    let flips = 0;
    for (let i = 0; ; i++) {
      const [time, word] = wait();
      const jump = time * perWait;
      if (jump >= count - i) return flips;
      i += Math.trunc(jump);
      const device = devices / 4 + 4 * i;
      const [row, col] = [u32[device]! >>> 16, u32[device]! & 0xffff];
      const at = levels / 4 + (col & ~7) * rows + 8 * row + (col & 7);
      const level = i32[at]!;
      if (word * most >= u32[device + 1 - level]!) continue;
      i32[at] = ~level;
      const change = f32[x / 4 + row]! * f32[device + 3]!;
      f64[sums / 8 + col] = f64[sums / 8 + col]! + (2 * level + 1) * change;
      flips++;
    }
  };
}

export const mirrorTelegraph = (views: () => Views, { keyed }: Pick<Exports, "keyed">): Telegraph => ({
  telegraphDense: dense(views, keyed),
  telegraphSkip: skip(views, keyed),
});
