import { MhoError, type Siemens, siemens } from "#protocol";

/** Cycles at the middle (geometric) of each published bin, and the medians of high and low state there in µS. */
const endurance = [
  { cycles: Math.sqrt(1e3 * 1e4), high: 94, low: 7.5 },
  { cycles: Math.sqrt(1e4 * 1e5), high: 91, low: 7.2 },
  { cycles: Math.sqrt(1e5 * 3e5), high: 90, low: 8.2 },
  { cycles: Math.sqrt(3e5 * 6e5), high: 83, low: 12.1 },
  { cycles: Math.sqrt(6e5 * 1e6), high: 78, low: 10.8 },
] as const;

/**
 * Window that is left of a cell after a number of SET/RESET cycles: both ends as they moved in one HfOx cell, 94 → 78 µS
 * and 7.5 → 10.8 µS over a million cycles of 1 µs, relative to its fresh ends and straight between the published
 * medians in ln(cycles).
 *
 * ONE cell's data: an order of magnitude, not a distribution. Range: 0 … 10⁶ cycles; the cell is fresh to 3 000.
 * Source: akashlevy/NI-RRAM-Python `1us_endurance.tsv`; reference/physics.md §B5.
 */
export function wornWindow(
  fresh: { readonly min: Siemens; readonly max: Siemens },
  cycles: number,
): { readonly min: Siemens; readonly max: Siemens } {
  if (!(cycles >= 0 && cycles <= 1e6))
    throw new MhoError("OUT_OF_MODEL", { what: "SET/RESET cycles", value: cycles, range: "0 … 10⁶" });
  const first = endurance[0];
  const next = endurance.findIndex((bin) => bin.cycles >= cycles);
  const [before, after] = [endurance[next - 1] ?? first, endurance.at(next < 0 ? -1 : next)!];
  const from = next < 0 ? after : before;
  const span = Math.log(after.cycles / from.cycles);
  const share = span > 0 ? Math.log(cycles / from.cycles) / span : 0;
  const at = (end: "low" | "high"): number => (from[end] + share * (after[end] - from[end])) / first[end];
  return { min: siemens(fresh.min * at("low")), max: siemens(fresh.max * at("high")) };
}

/**
 * Conductance after a number of reads, each of which moves it by the share `perRead`.   G (1 + perRead)^reads
 *
 * `perRead` is 0 unless given: no number was read for read voltages up to 0.2 V. Negative for a drift towards high
 * resistance. Range: |reads · perRead| ≤ 1, |perRead| ≤ 1e−3.
 */
export function disturbed(g: Siemens, reads: number, { perRead = 0 } = {}): Siemens {
  if (!(reads >= 0 && Math.abs(perRead) <= 1e-3 && Math.abs(reads * perRead) <= 1))
    throw new MhoError("OUT_OF_MODEL", {
      what: "reads · share a read",
      value: reads * perRead,
      range: "−1 … 1",
    });
  return siemens(g * (1 + perRead) ** reads);
}

/**
 * Conductance of a faulty cell, whatever it was programmed to: stuck at an end of its window, open (a broken line, a cell
 * never formed: 0 S), or shorted (as good as the wires: `short`, 1 mS unless given; assumed).
 */
export function faultyConductance(
  fault: "low" | "high" | "open" | "shorted",
  { min, max, short = siemens(1e-3) }: { min: Siemens; max: Siemens; short?: Siemens },
): Siemens {
  return { low: min, high: max, open: siemens(0), shorted: short }[fault];
}
