import { padded, visibleWidth } from "./picture/index.ts";

const prefixes: ReadonlyMap<number, string> = new Map([
  [-12, "p"],
  [-9, "n"],
  [-6, "µ"],
  [-3, "m"],
  [0, ""],
  [3, "k"],
  [6, "M"],
  [9, "G"],
]);

/** A value with its SI prefix, e.g. `12.5 µS`: the one place where prefixes leave the program. */
export function si(value: number, unit: string, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return `${value} ${unit}`;
  // Rounded first: 999.9999 nS is 1 µS.
  const rounded = Number(value.toPrecision(digits));
  const exponent = Math.min(9, Math.max(-12, 3 * Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-9)));
  return `${Number((rounded / 10 ** exponent).toPrecision(digits))} ${prefixes.get(exponent)}${unit}`;
}

/** Rows of cells as aligned columns. */
export function aligned(rows: readonly (readonly string[])[], gap = 2): string[] {
  const widths = (rows[0] ?? []).map((_, col) =>
    Math.max(...rows.map((row) => visibleWidth(row[col] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, col) => padded(cell, (widths[col] ?? 0) + gap))
      .join("")
      .trimEnd(),
  );
}

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;
/** A figure and its standard error; a single sample leaves none to tell. */
export const withError = (value: number, error: number, digits = 2): string =>
  `${value.toFixed(digits)} ± ${Number.isNaN(error) ? "?" : error.toFixed(digits)}`;
