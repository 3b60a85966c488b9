/**
 * Consistent overhead byte stuffing (Cheshire & Baker, IEEE/ACM Trans. Netw. 7, 159 (1999)): the bytes without 0x00,
 * so that 0x00 can end a frame. A block is a code byte n, then n − 1 bytes; where n < 255 and more follows, a 0x00.
 */

/** Bytes that `length` bytes may take once stuffed, at most. */
export const stuffedSize = (length: number): number => length + Math.floor(length / 254) + 1;

/** Stuffs `from` into `to` beginning at `at`, which must have room for `stuffedSize`; returns where it ended. */
export function stuff(from: Uint8Array, to: Uint8Array, at = 0): number {
  const end = from.length;
  let code = at; // where the code byte of the block in hand goes
  let out = at + 1;
  for (let i = 0; i < end; i++) {
    const byte = from[i]!;
    if (byte !== 0) to[out++] = byte;
    if (byte !== 0 && (out - code !== 255 || i + 1 === end)) continue;
    to[code] = out - code;
    code = out++;
  }
  to[code] = out - code;
  return out;
}

/**
 * Takes the stuffing out of `from[start … end)`, which holds no 0x00, into `to`; returns how many bytes came out, or −1
 * where a code byte points past the end. `to` must have room for end − start bytes.
 */
export function unstuff(from: Uint8Array, to: Uint8Array, start = 0, end = from.length): number {
  let at = start;
  let out = 0;
  while (at < end) {
    const code = from[at++]!;
    const stop = at + code - 1;
    if (stop > end) return -1;
    while (at < stop) to[out++] = from[at++]!;
    if (code !== 255 && at < end) to[out++] = 0;
  }
  return out;
}
