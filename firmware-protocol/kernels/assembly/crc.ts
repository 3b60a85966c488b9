// CRC-32C, sixteen bytes at a time.

/** tables[k·256 + b]: remainder of byte b followed by k zero bytes (slicing: Kounavis & Berry, ISCC 2005). */
const tables: usize = memory.data(16 * 1024, 16);

/** Fills the tables; once, before anything else. */
export function prepare(): void {
  for (let b: u32 = 0; b < 256; b++) {
    let r = b;
    for (let bit = 0; bit < 8; bit++) r = r & 1 ? (r >>> 1) ^ 0x82f63b78 : r >>> 1;
    store<u32>(tables + (b << 2), r);
  }
  for (let i: u32 = 256; i < 4096; i++) {
    const r = load<u32>(tables + ((i - 256) << 2));
    store<u32>(tables + (i << 2), (r >>> 8) ^ load<u32>(tables + ((r & 0xff) << 2)));
  }
}

// @ts-expect-error: decorator
@inline
function entry(zeros: u32, byte: u32): u32 {
  return load<u32>(tables + (zeros << 10) + (byte << 2));
}

/** Remainder of four bytes that `zeros` zero bytes follow. */
// @ts-expect-error: decorator
@inline
function word(zeros: u32, w: u32): u32 {
  return entry(zeros + 3, w & 0xff) ^ entry(zeros + 2, (w >>> 8) & 0xff) ^ entry(zeros + 1, (w >>> 16) & 0xff) ^ entry(zeros, w >>> 24);
}

/** CRC of `from` … `end` after what gave `seed`. */
export function crc(from: usize, end: usize, seed: u32): u32 {
  let sum = ~seed;
  for (; from + 16 <= end; from += 16)
    sum = word(12, sum ^ load<u32>(from)) ^ word(8, load<u32>(from, 4)) ^ word(4, load<u32>(from, 8)) ^ word(0, load<u32>(from, 12));
  for (; from < end; from++) sum = (sum >>> 8) ^ entry(0, (sum ^ load<u8>(from)) & 0xff);
  return ~sum;
}
