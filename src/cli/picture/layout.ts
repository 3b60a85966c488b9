import type { ColourDepth } from "./colours.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that starts a colour is a control character
const escapes = /\x1b\[[0-9;]*m/g;

/** Characters a line takes on the screen: colour escapes take none. */
export const visibleWidth = (line: string): number => line.replace(escapes, "").length;

export const padded = (line: string, width: number): string =>
  line + " ".repeat(Math.max(0, width - visibleWidth(line)));

/** Two blocks of lines next to each other, the left one padded to `width`. */
export function beside(left: readonly string[], right: readonly string[], width: number): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    (padded(left[i] ?? "", width) + (right[i] ?? "")).trimEnd(),
  );
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A horizontal bar for `share` in 0 … 1 of `width` characters, an eighth of a character fine (whole `#` without colour). */
export function bar(share: number, width: number, depth: ColourDepth): string {
  const parts = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  if (depth === "none") return "#".repeat(Math.round(parts / 8));
  return "█".repeat(Math.floor(parts / 8)) + (eighths[parts % 8] as string);
}
