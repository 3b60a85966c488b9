/** How many colours the terminal shows; `none` also means plain ASCII. */
export type ColourDepth = "none" | "256" | "truecolor";
export type Rgb = readonly [red: number, green: number, blue: number];
/** 256 colours from low to high. */
export type ColourMap = readonly Rgb[];

// Sixth-order fit of matplotlib's viridis by M. Zucker (shadertoy.com/view/WlfXRN, CC0), one row a power, constant first.
const viridisFit: readonly Rgb[] = [
  [0.27772733, 0.00540734, 0.33409981],
  [0.10509304, 1.40461353, 1.38459016],
  [-0.33086183, 0.21484756, 0.09509516],
  [-4.6342305, -5.79910097, -19.33244096],
  [6.22826994, 14.17993337, 56.6905526],
  [4.776385, -13.74514538, -65.35303263],
  [-5.43545586, 4.64585261, 26.31243525],
];

const shade = (x: number): number => Math.round(255 * Math.min(1, Math.max(0, x)));
const table = (colour: (x: number) => Rgb): ColourMap =>
  Array.from({ length: 256 }, (_, i) => colour(i / 255));

/** Perceptually even from dark violet to yellow, readable by the colour-blind. */
export const viridis: ColourMap = table((x) => {
  const channel = (c: 0 | 1 | 2): number => shade(viridisFit.reduceRight((sum, row) => sum * x + row[c], 0));
  return [channel(0), channel(1), channel(2)];
});

export const greys: ColourMap = table((x) => [shade(x), shade(x), shade(x)]);

/** The colour of `x` in 0 … 1; what lies outside takes the end's colour. */
export const colourOf = (map: ColourMap, x: number): Rgb => map[shade(x)] as Rgb;

/** What the terminal can show, by the customs of NO_COLOR (no-color.org), FORCE_COLOR and COLORTERM. */
export function colourDepth(env: Readonly<Record<string, string | undefined>>, isTty: boolean): ColourDepth {
  if (env.NO_COLOR || env.FORCE_COLOR === "0") return "none";
  const truecolor = env.FORCE_COLOR === "3" || /truecolor|24bit/.test(env.COLORTERM ?? "");
  if (env.FORCE_COLOR === undefined && (!isTty || env.TERM === "dumb")) return "none";
  return truecolor ? "truecolor" : "256";
}

/** SGR parameters that select `colour` as foreground (38) or background (48). */
export function selects(ground: 38 | 48, [red, green, blue]: Rgb, depth: ColourDepth): string {
  if (depth === "truecolor") return `${ground};2;${red};${green};${blue}`;
  const step = (value: number): number => Math.round((value / 255) * 5);
  return `${ground};5;${16 + 36 * step(red) + 6 * step(green) + step(blue)}`;
}
