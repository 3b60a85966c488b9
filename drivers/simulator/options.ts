import { z } from "zod";
import { MhoError } from "#protocol";

const at = z.int().min(0).max(65535);
const cell = { tile: at, row: at, col: at };

/** Faults of the array that a test orders, on top of the profile's own stuck cells. */
export const ArrayFaults = z.strictObject({
  /** Stuck at an end of the window, without contact, or as good as the lines. */
  stuck: z.array(z.strictObject({ ...cell, at: z.enum(["low", "high", "open", "shorted"]) })).default([]),
  /** Lines without contact: their cells conduct nothing and cannot be programmed. */
  deadRows: z.array(z.strictObject({ tile: at, row: at })).default([]),
  deadCols: z.array(z.strictObject({ tile: at, col: at })).default([]),
  /** Current, in amperes, that every column's converter adds. */
  adcOffset: z.number().default(0),
});
export type ArrayFaults = z.output<typeof ArrayFaults>;

/** What makes one simulated board differ from another. Same options, same board, to the last bit. */
export const SimulatorOptions = z.strictObject({
  /** Name of a profile that comes with mho, or the path of a profile file. */
  profile: z.string().min(1).default("ideal"),
  seed: z.int().min(0).default(1),
  clock: z.enum(["virtual", "real"]).default("virtual"),
  /** How read noise is summed; see docs/simulator.md. */
  engine: z.enum(["auto", "moment", "per-device"]).default("auto"),
  tiles: z.int().min(1).max(4096).optional(),
  rows: z.int().min(1).max(1024).optional(),
  cols: z.int().min(1).max(1024).optional(),
  dacBits: z.int().min(1).max(15).optional(),
  adcBits: z.int().min(2).max(16).optional(),
  maxFrame: z.int().min(64).max(65535).optional(),
  /** Ohms of every line segment from cell to cell, in place of the profile's lines. */
  lineResistance: z.number().min(0).max(1e6).optional(),
  /** Of the board, in kelvin: lines have more resistance when warm, and devices follow the profile's law if it has one. */
  temperature: z.number().min(200).max(500).default(300),
  /** SET/RESET cycles that every cell has behind it when the board is made, for profiles with `endurance`. */
  cycles: z.int().min(0).max(1e6).default(0),
  faults: ArrayFaults.prefault({}),
});
export type SimulatorOptions = z.output<typeof SimulatorOptions>;
/** As a user writes them: everything may be left out. */
export type SimulatorSettings = z.input<typeof SimulatorOptions>;

function settingOf(key: string, text: string): unknown {
  if (key === "faults") return JSON.parse(text);
  return /^\d+(\.\d+)?$/.test(text) && key !== "profile" ? Number(text) : text;
}

/**
 * Options from a board URL such as `sim:?profile=hfox-tsinghua&seed=7&tiles=4&rows=64&cols=64&adcBits=12`; `faults` is
 * JSON. Throws URL_INVALID, naming the field and what is wrong with it.
 */
export function simulatorOptionsOf(url: string): SimulatorOptions {
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== "sim:" || parsed.pathname !== "") throw new Error("it must begin with sim:?");
    const entries = [...parsed.searchParams].map(([key, text]) => [key, settingOf(key, text)]);
    return SimulatorOptions.parse(Object.fromEntries(entries));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new MhoError("URL_INVALID", { url, why }, { cause });
  }
}
