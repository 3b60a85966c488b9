import type { CrossbarBoard, HostLinkFigures, Kelvin } from "#protocol";
import { kelvin, MhoError } from "#protocol";

/** What a long run of read-outs showed. */
export interface Soaked {
  readonly readOuts: number;
  /** Mean code of the first and of the last burst, and the standard deviation of bursts' means between. */
  readonly first: number;
  readonly last: number;
  readonly spread: number;
  readonly hottest: Kelvin;
  readonly link: HostLinkFigures;
}

const burst = 1000;

/**
 * Reads the last tile out again and again at a third of full drive, and looks at the board between bursts. Stops with
 * BENCH_TOO_HOT, the board idle, when it is warmer than `hottest`; a lost sample or link rejects as `readOut` does.
 */
export async function soak(
  board: CrossbarBoard,
  { readOuts, hottest }: { readonly readOuts: number; readonly hottest: number },
): Promise<Soaked> {
  const { tiles, rows, cols, dac, adc } = board.descriptor;
  const area = { tile: tiles - 1, row: 0, col: 0, rows: Math.min(rows, 16), cols: Math.min(cols, 16) };
  const codes = new Int16Array(area.rows).fill(Math.round(dac.max / 3));
  const means: number[] = [];
  let [done, warmest] = [0, 0];
  while (done < readOuts) {
    const repeats = Math.min(burst, readOuts - done);
    const range = adc.ranges.length - 1;
    const report = await board.readOut({ area, range, codes, vectors: 1, repeats, firstSample: done });
    means.push(report.codes.reduce((sum, code) => sum + code, 0) / report.codes.length);
    done += repeats;
    const { temperature } = await board.sense();
    warmest = Math.max(warmest, temperature);
    if (temperature <= hottest) continue;
    await board.idle();
    throw new MhoError("BENCH_TOO_HOT", { temperature: temperature.toFixed(1), hottest });
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  const spread = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / means.length);
  const { host } = await board.linkFigures();
  return {
    readOuts: done,
    first: means[0]!,
    last: means.at(-1)!,
    spread,
    hottest: kelvin(warmest),
    link: host,
  };
}
