// Byte stuffing, sixteen bytes at a time. Both read and write up to 15 bytes past the end of what they are given.

/**
 * Stuffs `from` … `end` to `out`; returns where it ended. A zero becomes the code of the block that follows it, so bytes keep
 * their places until a block is full: sixteen are copied at once, and each zero among them ends a block.
 */
export function stuff(from: usize, end: usize, out: usize): usize {
  let code = out++;
  while (from < end) {
    const bytes = v128.load(from);
    v128.store(out, bytes);
    let zeros = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0)));
    let step: usize = 16;
    if (out - code > 239 || from + 16 > end) {
      step = min<usize>(min<usize>(255 - (out - code), end - from), 16);
      zeros &= (1 << <i32>step) - 1;
    }
    for (; zeros !== 0; zeros &= zeros - 1) {
      const zero = out + ctz(zeros);
      store<u8>(code, <u8>(zero - code));
      code = zero;
    }
    from += step;
    out += step;
    if (out - code === 255 && from < end) {
      store<u8>(code, 255);
      code = out++;
    }
  }
  store<u8>(code, <u8>(out - code));
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
