import { type ColourDepth, type ColourMap, colourOf, selects } from "./colours.ts";

/** A grey-scale picture, row by row, values in 0 … 1. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

const ramp = " .:-=+*#%@";

/**
 * Lines of a picture, two pixels a character: the upper half block has the upper pixel's colour on the lower one's.
 * Without colour, one of ten ASCII characters stands for the mean of the two.
 */
export function drawPixels(pixels: Pixels, map: ColourMap, depth: ColourDepth): string[] {
  const at = (row: number, col: number): number =>
    row < pixels.height ? (pixels.values[row * pixels.width + col] as number) : 0;
  return Array.from({ length: Math.ceil(pixels.height / 2) }, (_, line) => {
    let text = "";
    let selected = "";
    for (let col = 0; col < pixels.width; col++) {
      const [upper, lower] = [at(2 * line, col), at(2 * line + 1, col)];
      if (depth === "none") {
        text += ramp[Math.min(9, Math.max(0, Math.floor(5 * (upper + lower))))];
        continue;
      }
      const colours = `${selects(38, colourOf(map, upper), depth)};${selects(48, colourOf(map, lower), depth)}`;
      text += colours === selected ? "▀" : `\x1b[${colours}m▀`;
      selected = colours;
    }
    return depth === "none" ? text : `${text}\x1b[0m`;
  });
}

/** The picture at another size: each new pixel is the mean of the old ones under it, so no value is invented. */
export function resample(pixels: Pixels, width: number, height: number): Pixels {
  const values = new Float32Array(width * height);
  const span = (i: number, from: number, to: number): [number, number] => {
    const first = Math.floor((i * from) / to);
    return [first, Math.max(first + 1, Math.floor(((i + 1) * from) / to))];
  };
  for (let row = 0; row < height; row++) {
    const [top, bottom] = span(row, pixels.height, height);
    for (let col = 0; col < width; col++) {
      const [left, right] = span(col, pixels.width, width);
      let sum = 0;
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) sum += pixels.values[y * pixels.width + x] as number;
      values[row * width + col] = sum / ((bottom - top) * (right - left));
    }
  }
  return { width, height, values };
}
