import type { Request } from "#protocol";
import type { BoardCore } from "./core.ts";

type Read = ReturnType<BoardCore["readOut"]>;

/**
 * Auto-zero: reads the area `zeros` times with all rows at 0 V, and gives what takes the mean of that off the codes of a
 * read-out. The zero reads of each request have 256 sample numbers of their own, from the far end, so they share no noise
 * with the burst or with the next request's.
 */
export function zeroed(core: BoardCore, request: Request<"readOut">): (read: Read) => Read {
  const { zeros, rows, cols } = request;
  if (zeros === 0) return (read) => read;
  const firstSample = Math.imul(-256, request.firstSample + 1) >>> 0;
  const dark = { ...request, vectors: 1, repeats: zeros, firstSample, chunks: [] };
  const { codes } = core.readOut(dark, new Int16Array(rows), 0, zeros);
  const offsets = Array.from({ length: cols }, (_, j) => {
    let sum = 0;
    for (let at = j; at < codes.length; at += cols) sum += codes[at]!;
    return Math.round(sum / zeros);
  });
  const top = 2 ** (core.descriptor.adc.bits - 1);
  return ({ codes: lit, saturated }) => ({
    codes: lit.map((code, at) => Math.max(-top, Math.min(top - 1, code - offsets[at % cols]!))),
    saturated,
  });
}
