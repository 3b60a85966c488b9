import { letterLike, rotated, shippedDigits, uniformNoise } from "../../datasets/index.ts";

/** Side of the demo's images in pixels. */
export const side = 28;

/** One input to show: what it is, its pixels in 0 … 255, its place among the demo's inputs, and its label if it has one. */
export interface Case {
  readonly title: string;
  readonly item: number;
  readonly label: number | null;
}

export interface DemoInputs {
  /** Digits the network was not trained on, but of the kind it was trained for, then the strange ones. */
  readonly images: Uint8Array;
  readonly labels: Int32Array;
  /** Known and strange in turn, as they are shown side by side. */
  readonly cases: readonly Case[];
}

/** The shipped digits, and three inputs that no digit data set holds: one turned on its side, noise, a letter. */
export async function demoInputs(seed: number): Promise<DemoInputs> {
  const { images, labels } = await shippedDigits();
  const size = side * side;
  const digits = images.values as Uint8Array;
  const pixels = (item: number): Uint8Array => digits.subarray(item * size, (item + 1) * size);
  const first = (label: number): number => labels.indexOf(label);
  const strange = [
    { title: "a 4 on its side", values: rotated(pixels(first(4)), 90) },
    { title: "noise", values: uniformNoise(seed) },
    { title: "the letter X", values: letterLike("X") },
  ];
  const all = new Uint8Array(digits.length + strange.length * size);
  all.set(digits);
  for (const [k, { values }] of strange.entries()) all.set(values, digits.length + k * size);
  const cases = [4, 7, 2].flatMap((label, k): Case[] => [
    { title: `a ${label}`, item: first(label), label },
    { title: (strange[k] as { title: string }).title, item: labels.length + k, label: null },
  ]);
  return { images: all, labels, cases };
}
