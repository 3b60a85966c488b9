// Byte stuffing, sixteen bytes at a time. Both may read and write up to 15 bytes past the end of what they are given.

/** Copies sixteen bytes; a set bit for each that is 0, and one after the last. */
// @ts-expect-error: decorator
@inline
function copied(from: usize, out: usize): i32 {
  const bytes = v128.load(from);
  v128.store(out, bytes);
  return i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0))) | 0x10000;
}

/** Stuffs `from` … `end` to `out`; returns where it ended. */
export function stuff(from: usize, end: usize, out: usize): usize {
  let more: bool;
  do {
    const start = from;
    const code = out++;
    const limit = min(from + 254, end);
    for (; from + 16 <= limit && copied(from, out) === 0x10000; out += 16) from += 16;
    const run = min<usize>(ctz(copied(from, out)), limit - from);
    from += run;
    out += run;
    const size = from - start;
    store<u8>(code, <u8>(size + 1));
    more = from < end;
    if (more && size < 254) from++; // the zero that the code stands for
  } while (more);
  return out;
}

/** Takes the stuffing out of `from` … `end`; returns where `out` ended, or 0 where a code points past the end. */
export function unstuff(from: usize, end: usize, out: usize): usize {
  while (from < end) {
    const code = <usize>load<u8>(from++);
    const stop = from + code - 1;
    if (stop > end) return 0;
    const size = stop - from;
    for (let done: usize = 0; done < size; done += 16) v128.store(out + done, v128.load(from + done));
    from = stop;
    out += size;
    if (code !== 255 && from < end) store<u8>(out++, 0);
  }
  return out;
}
