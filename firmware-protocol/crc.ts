/** Reflected form of the Castagnoli polynomial 0x1EDC6F41. */
const polynomial = 0x82f6_3b78;

/** tables[k·256 + b]: remainder of byte b followed by k zero bytes (slicing by 8: Kounavis & Berry, ISCC 2005). */
const tables = ((): Uint32Array => {
  const t = new Uint32Array(8 * 256);
  for (let b = 0; b < 256; b++) {
    let r = b;
    for (let bit = 0; bit < 8; bit++) r = r & 1 ? (r >>> 1) ^ polynomial : r >>> 1;
    t[b] = r;
  }
  for (let i = 256; i < t.length; i++) t[i] = (t[i - 256]! >>> 8) ^ t[t[i - 256]! & 0xff]!;
  return t;
})();

/**
 * CRC-32C of `bytes` (RFC 3720 §12.1; check value 0xE3069283 for "123456789"). `seed` is the CRC of what came before,
 * so that crc32c(b, crc32c(a)) is the CRC of a followed by b.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const t = tables;
  const end = bytes.length;
  let crc = ~seed;
  let at = 0;
  for (; at + 8 <= end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      t[1792 + (crc & 0xff)]! ^
      t[1536 + ((crc >>> 8) & 0xff)]! ^
      t[1280 + ((crc >>> 16) & 0xff)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
