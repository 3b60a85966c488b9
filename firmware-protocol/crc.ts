import { kernels, plain, room, u8 } from "./kernels/index.ts";

/**
 * CRC-32C of `bytes` (RFC 3720 §12.1; check value 0xE3069283 for "123456789"). `seed` is the CRC of what came before,
 * so that crc32c(b, crc32c(a)) is the CRC of a followed by b.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  let crc = seed;
  for (let at = 0; at < bytes.length; at += room) {
    const piece = bytes.length <= room ? bytes : bytes.subarray(at, at + room);
    u8.set(piece, plain);
    crc = kernels.crc(plain, plain + piece.length, crc);
  }
  return crc >>> 0;
}
