import { bitPlane, fillNormals, philox4x32, streams } from "#calibration";
import type { Descriptor, Request } from "#protocol";
import type { Driven } from "./drive.ts";
import type { Burst, BurstSettings } from "./read-out.ts";
import { burstFrom } from "./sums.ts";

/** Makes a read-out ready whose rows are driven at `driven`; everything else that it needs to know is in `settings`. */
export type Begin = (
  request: Request<"readOut">,
  driven: Driven,
  settings: Omit<BurstSettings, "inputs">,
) => Burst;

/**
 * As `begin`, with noise of `sigma` DAC codes on every row, new in each sample and common to all columns: each sample is
 * then an input of its own.
 */
export function withDriverNoise(begin: Begin, sigma: number): Begin {
  return (request, { codes }, settings) => {
    const { row, col, tile, rows, repeats } = request;
    const [stream, corner] = [(streams.driverNoise | (col << 8)) >>> 0, ((tile << 16) | row) >>> 0];
    const take: Burst["take"] = (first, count) => {
      const driven = new Int16Array(count * rows);
      const noise = new Float32Array(count * rows);
      for (let s = 0; s < count; s++) {
        const at = Math.floor((first + s) / repeats) * rows;
        driven.set(codes.subarray(at, at + rows), s * rows);
        const fresh = noise.subarray(s * rows, (s + 1) * rows);
        fillNormals(fresh, settings.seed, stream, corner, (request.firstSample + first + s) % 2 ** 32);
        for (let i = 0; i < rows; i++) fresh[i]! *= sigma;
      }
      const firstSample = (request.firstSample + first) % 2 ** 32;
      const chunk = { ...request, vectors: count, repeats: 1, firstSample };
      return begin(chunk, { codes: driven, noise }, settings).take(0, count);
    };
    return burstFrom(take, request);
  };
}

/** Seed of the noise in bit plane `plane` of a board's read-outs. */
function planeSeed(seed: number, plane: number): number {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  const [high, low] = philox4x32([plane, streams.readOuts, 0, 0], key);
  return (high! >>> 11) * 2 ** 32 + low!;
}

/** Bits that the magnitudes of a board's inputs have. */
export const planesOf = ({ max }: Descriptor["dac"]): number => Math.log2(max + 1);

/**
 * As `begin`, with the magnitudes of the inputs fed one bit at a time, lowest first, each plane at full scale, with noise
 * and a conversion of its own. The board shifts and adds the planes' codes and scales them back to the range:
 *
 *   code = ⌊ Σ_k 2^k · code_k / (2^bits − 1) + ½ ⌋
 *
 * A code counts as saturated where any of its planes is.
 */
export function planeByPlane(begin: Begin, dac: Descriptor["dac"]): Begin {
  const bits = planesOf(dac);
  return (request, { codes }, settings) => {
    const planes = Array.from({ length: bits }, (_, plane) => {
      const driven = Int16Array.from(bitPlane(codes, plane), (sign) => sign * dac.max);
      return begin(request, { codes: driven }, { ...settings, seed: planeSeed(settings.seed, plane) });
    });
    const take: Burst["take"] = (first, count) =>
      shiftAndAdd(
        planes.map((plane) => plane.take(first, count).codes),
        settings.converter,
      );
    return burstFrom(take, request);
  };
}

function shiftAndAdd(
  planes: readonly Int16Array[],
  { min, max }: { readonly min: number; readonly max: number },
): { codes: Int16Array; saturated: number } {
  const whole = 2 ** planes.length - 1;
  let saturated = 0;
  const codes = Int16Array.from(planes[0]!, (_, at) => {
    let [sum, atEnd] = [0, false];
    for (let k = 0; k < planes.length; k++) {
      const code = planes[k]![at]!;
      sum += 2 ** k * code;
      atEnd ||= code === min || code === max;
    }
    if (atEnd) saturated++;
    return Math.floor(sum / whole + 0.5);
  });
  return { codes, saturated };
}
