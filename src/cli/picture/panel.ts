import pc from "picocolors";
import { type ColourDepth, greys } from "./colours.ts";
import { bar, beside, padded } from "./layout.ts";
import { drawPixels, type Pixels } from "./pixels.ts";

/** A value in nats with its Monte-Carlo standard error. */
export type Estimate = readonly [value: number, error: number];

/** One input and what the network thinks of it. */
export interface Opinion {
  readonly title: string;
  readonly picture: Pixels;
  /** Mean probability of each class. */
  readonly probabilities: readonly number[];
  readonly total: Estimate;
  readonly aleatoric: Estimate;
  readonly epistemic: Estimate;
  readonly verdict: string;
  /** The network would rather not say. */
  readonly abstains: boolean;
}

/** Columns a panel takes. */
export const panelWidth = 38;
const shown = 20;

/** The middle of the picture, where MNIST's digits lie, at one pixel a column. */
function middle({ width, height, values }: Pixels): Pixels {
  const [top, left] = [Math.max(0, (height - shown) >> 1), Math.max(0, (width - shown) >> 1)];
  const cut = { width: Math.min(shown, width), height: Math.min(shown, height) };
  const at = (i: number): number =>
    values[(top + Math.floor(i / cut.width)) * width + left + (i % cut.width)] as number;
  return { ...cut, values: Float32Array.from({ length: cut.width * cut.height }, (_, i) => at(i)) };
}

/** Lines of a panel: the input beside its predictive bars, and under them how unsure the network is, and why. */
export function panel(opinion: Opinion, depth: ColourDepth): string[] {
  const colours = pc.createColors(depth !== "none");
  const tint = opinion.abstains ? colours.yellow : colours.green;
  const best = opinion.probabilities.indexOf(Math.max(...opinion.probabilities));
  const bars = opinion.probabilities.map((share, label) => {
    const text = `${label} ${padded(bar(share, 9, depth), 9)} ${share.toFixed(2)}`;
    return label === best ? tint(text) : text;
  });
  const most = Math.log(opinion.probabilities.length);
  const line = (name: string, [value, error]: Estimate): string =>
    `${name.padEnd(10)}${padded(tint(bar(value / most, 10, depth)), 10)} ${value.toFixed(2)} ± ${error.toFixed(2)} nat`;
  return [
    `${colours.bold(padded(opinion.title, 20))} ${tint(opinion.verdict)}`,
    ...beside(drawPixels(middle(opinion.picture), greys, depth), bars, shown + 2),
    line("total", opinion.total),
    line("aleatoric", opinion.aleatoric),
    line("epistemic", opinion.epistemic),
  ];
}
