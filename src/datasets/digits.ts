import { type RandomStream, randomStream } from "#calibration";
import { assetPath } from "./assets.ts";
import { type Images, readImages, readLabels } from "./images.ts";
import { shapeStrokes } from "./strokes.ts";

/** Side of an image in pixels. */
const side = 28;
/** Purpose number of the noise image's random stream, so that it shares no draw with anything else under one seed. */
const noiseStream = 0x6e6f;

/** The demo's digits: the first 30 of each class of the MNIST test set, in the order in which they stand there. */
export async function shippedDigits(): Promise<{ images: Images; labels: Int32Array }> {
  const images = await readImages(assetPath("digits/images-idx3-ubyte.gz"));
  const labels = await readLabels(assetPath("digits/labels-idx1-ubyte.gz"));
  return { images, labels };
}

/** Where the trained model of the demo is. */
export const shippedModelPath = (): string => assetPath("models/digits.mho");

/**
 * The image turned about its centre, anticlockwise on the screen, by bilinear interpolation; outside is background 0.
 * `image` holds 28 × 28 values in 0 … 255, row by row; so does the result.
 */
export function rotated(image: Uint8Array, degrees: number): Uint8Array {
  const turn = (degrees * Math.PI) / 180;
  const [cos, sin, centre] = [Math.cos(turn), Math.sin(turn), (side - 1) / 2];
  const out = new Uint8Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let col = 0; col < side; col++) {
      const [y, x] = [row - centre, col - centre];
      out[row * side + col] = Math.round(
        sampled(image, centre + x * sin + y * cos, centre + x * cos - y * sin),
      );
    }
  }
  return out;
}

function sampled(image: Uint8Array, row: number, col: number): number {
  const [top, left] = [Math.floor(row), Math.floor(col)];
  const [down, right] = [row - top, col - left];
  const at = (r: number, c: number): number =>
    r < 0 || c < 0 || r >= side || c >= side ? 0 : image[r * side + c]!;
  return (
    (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
    down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1))
  );
}

/** 28 × 28 independent values, uniform on 0 … 255. The same seed gives the same image. */
export function uniformNoise(seed: number): Uint8Array {
  const random: RandomStream = randomStream(seed, noiseStream);
  return Uint8Array.from({ length: side * side }, () => Math.floor(random.uniform() * 256));
}

/** A letter-like shape, drawn with strokes as thick as the digits': 28 × 28 values in 0 … 255. */
export const letterLike = (letter: keyof typeof letters): Uint8Array => shapeStrokes(letters[letter], side);

/** Corner points of the strokes of each letter as [column, row] in pixels. */
const letters = {
  A: [
    [
      [6, 23],
      [14, 4],
      [22, 23],
    ],
    [
      [9, 16],
      [19, 16],
    ],
  ],
  H: [
    [
      [8, 4],
      [8, 23],
    ],
    [
      [20, 4],
      [20, 23],
    ],
    [
      [8, 14],
      [20, 14],
    ],
  ],
  K: [
    [
      [8, 4],
      [8, 23],
    ],
    [
      [20, 4],
      [8, 15],
    ],
    [
      [11, 12],
      [20, 23],
    ],
  ],
  X: [
    [
      [6, 4],
      [22, 23],
    ],
    [
      [22, 4],
      [6, 23],
    ],
  ],
} as const;
