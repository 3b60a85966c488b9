import { type ColourDepth, colourOf, selects, viridis } from "./colours.ts";
import { padded } from "./layout.ts";

/** A curve of a plot: as many y as x. */
export interface Curve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface Plot {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** Whether x goes by decades; all x must then be above 0. */
  readonly logX?: boolean;
  /** How a number is written at an axis. */
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
}

/** Characters of the area that curves are drawn in. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** Where a value lies between the ends of its axis, 0 … 1. */
interface Axis {
  readonly min: number;
  readonly max: number;
  at(value: number): number;
}

function axis(values: readonly number[], log: boolean): Axis {
  const place = log ? Math.log : (value: number): number => value;
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const span = place(max) - place(min);
  return { min, max, at: (value) => (span > 0 ? (place(value) - place(min)) / span : 0) };
}

/** y of a curve at `x`, straight between its points on the plot's own x axis. */
function heightAt({ x, y }: Curve, across: Axis, share: number): number | undefined {
  const right = x.findIndex((value) => across.at(value) >= share - 1e-9);
  if (right < 0 || (right === 0 && across.at(x[0]!) > share + 1e-9)) return undefined;
  if (right === 0) return y[0];
  const [a, b] = [across.at(x[right - 1]!), across.at(x[right]!)];
  return y[right - 1]! + ((y[right]! - y[right - 1]!) * (share - a)) / (b - a);
}

const asciiMarks = "*o+x#%@";
// Dot numbers of a braille cell by row and column (Unicode chart U2800).
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A cell of the plot: the braille dots set in it, or the mark, and the curve drawn last. */
interface Cell {
  bits: number;
  curve: number;
}

/** Rows of cells with every curve drawn at the resolution of `across` × `down` dots a character. */
function rastered(plot: Plot, { width, height }: PlotSize, across: number, down: number): Cell[][] {
  const rows = Array.from({ length: height }, () =>
    Array.from({ length: width }, (): Cell => ({ bits: 0, curve: -1 })),
  );
  const xAxis = axis(
    plot.curves.flatMap(({ x }) => x),
    plot.logX === true,
  );
  const yAxis = yAxisOf(plot);
  const [columns, lines] = [width * across, height * down];
  plot.curves.forEach((curve, number) => {
    let before: number | undefined;
    for (let column = 0; column < columns; column++) {
      const y = heightAt(curve, xAxis, column / Math.max(1, columns - 1));
      if (y === undefined) continue;
      const line = Math.round((1 - yAxis.at(y)) * (lines - 1));
      // Steep parts are drawn through, so that a curve has no holes.
      const [from, to] =
        before === undefined ? [line, line] : [Math.min(before, line), Math.max(before, line)];
      for (let each = from; each <= to; each++) {
        if (each === before && from !== to) continue;
        const cell = rows[Math.floor(each / down)]![Math.floor(column / across)]!;
        cell.bits |= dots[each % down]![(column % across) as 0 | 1];
        cell.curve = number;
      }
      before = line;
    }
  });
  return rows;
}

/** From 0, or from below where values are negative, to the largest value. */
function yAxisOf({ curves }: Plot): Axis {
  return axis([0, ...curves.flatMap(({ y }) => y)], false);
}

const colourFor = (curve: number, count: number) =>
  colourOf(viridis, count < 2 ? 0.65 : 0.3 + (0.65 * curve) / (count - 1));

function inColour(
  text: string,
  curve: number,
  { count, depth }: { count: number; depth: ColourDepth },
): string {
  return depth === "none" || curve < 0
    ? text
    : `\x1b[${selects(38, colourFor(curve, count), depth)}m${text}\x1b[0m`;
}

/** Neighbouring cells of one curve together: one change of colour for all. */
function runs(row: readonly Cell[]): Cell[][] {
  const found: Cell[][] = [];
  for (const cell of row) {
    const last = found.at(-1);
    if (last?.at(0)?.curve === cell.curve) last.push(cell);
    else found.push([cell]);
  }
  return found;
}

/**
 * Lines of a plot: its title, the curves with the ends of both axes written out, and a legend. Braille dots, 2 × 4 a
 * character, in the curve's colour; without colour ASCII marks, one a curve.
 */
export function drawPlot(plot: Plot, size: PlotSize, depth: ColourDepth): string[] {
  const ascii = depth === "none";
  const count = plot.curves.length;
  const rows = ascii ? rastered(plot, size, 1, 1) : rastered(plot, size, 2, 4);
  const yAxis = yAxisOf(plot);
  const [top, bottom] = [plot.yText(yAxis.max), plot.yText(yAxis.min)];
  const margin = Math.max(top.length, bottom.length);
  const mark = ({ bits, curve }: Cell): string => {
    if (bits === 0) return " ";
    return ascii ? asciiMarks[curve % asciiMarks.length]! : String.fromCharCode(0x2800 + bits);
  };
  const drawn = (row: readonly Cell[]): string =>
    runs(row)
      .map((run) => inColour(run.map(mark).join(""), run[0]!.curve, { count, depth }))
      .join("");
  const side = (line: number): string => (line === 0 ? top : line === size.height - 1 ? bottom : "");
  const [bar, corner, dash] = ascii ? ["|", "+", "-"] : ["│", "└", "─"];
  const xs = plot.curves.flatMap(({ x }) => x);
  const [left, right] = [plot.xText(Math.min(...xs)), plot.xText(Math.max(...xs))];
  const legend = plot.curves.map(({ name }, i) =>
    inColour(`${ascii ? asciiMarks[i % asciiMarks.length] : "━"} ${name}`, i, { count, depth }),
  );
  return [
    plot.title,
    ...rows.map((row, line) => `${side(line).padStart(margin)} ${bar}${drawn(row)}`.trimEnd()),
    `${" ".repeat(margin)} ${corner}${dash.repeat(size.width)}`,
    `${" ".repeat(margin + 2)}${padded(left, size.width - right.length)}${right}`,
    `${" ".repeat(margin + 2)}${legend.join("   ")}`,
  ];
}
