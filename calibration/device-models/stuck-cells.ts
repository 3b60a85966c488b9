import { MhoError } from "#protocol";
import type { RandomStream } from "../random.ts";

export type CellFault = "none" | "low" | "high";

/**
 * Fault of one cell: stuck at low conductance with probability `low`, at high with `high`, independently of all others.
 * Shares within 0 … 1 and together at most 1. Measured arrays have few: 8 of 12 288 cells stuck low and none high on
 * three ESCIM chips (Tsinghua), 3 of 1 660 unprogrammable on NeuRRAM.
 */
export function drawFault(random: RandomStream, shares: { low: number; high: number }): CellFault {
  const { low, high } = shares;
  if (!(low >= 0 && high >= 0 && low + high <= 1))
    throw new MhoError("OUT_OF_MODEL", { what: "share of stuck cells", value: low + high, range: "0 … 1" });
  const u = random.uniform();
  if (u < low) return "low";
  return u < low + high ? "high" : "none";
}
