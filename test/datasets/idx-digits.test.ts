import { describe, expect, it } from "vitest";
import { letterLike, rotated, uniformNoise } from "../../src/datasets/index.ts";

const dot = (row: number, col: number): Uint8Array => {
  const image = new Uint8Array(784);
  image[row * 28 + col] = 200;
  return image;
};

describe("inputs that no digit model has seen", () => {
  it("turn a quarter anticlockwise about the centre, and come back after four quarters", () => {
    expect(rotated(dot(5, 20), 90)).toEqual(dot(27 - 20, 5)); // from the upper right to the upper left
    let image = uniformNoise(3);
    const start = image;
    for (let quarter = 0; quarter < 4; quarter++) image = rotated(image, 90);
    expect(image).toEqual(start);
  });
  it("keep their ink, within 2 %, when turned by any angle", () => {
    const letter = letterLike("X");
    const ink = (image: Uint8Array): number => image.reduce((sum, value) => sum + value, 0);
    for (const degrees of [30, 45, 137]) {
      expect(Math.abs(ink(rotated(letter, degrees)) / ink(letter) - 1)).toBeLessThan(0.02);
    }
  });
  it("are uniform noise with mean 127.5 and standard deviation 73.9, the same for the same seed", () => {
    const values = Array.from({ length: 50 }, (_, seed) => Array.from(uniformNoise(seed))).flat();
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    // 39 200 values: standard errors 0.37 and 0.17; four of them.
    expect(Math.abs(mean - 127.5)).toBeLessThan(1.5);
    expect(Math.abs(Math.sqrt(variance) - Math.sqrt((256 ** 2 - 1) / 12))).toBeLessThan(0.7);
    expect(uniformNoise(7)).toEqual(uniformNoise(7));
    expect(uniformNoise(7)).not.toEqual(uniformNoise(8));
  });
  it("are letters drawn as wide as digits: symmetric A, H and X, a tenth to a third inked", () => {
    for (const letter of ["A", "H", "X"] as const) {
      const image = letterLike(letter);
      for (let pixel = 0; pixel < 784; pixel++) {
        const mirrored = pixel - (pixel % 28) + (28 - (pixel % 28));
        if (pixel % 28 > 0) expect(image[pixel]).toBe(image[mirrored]);
      }
    }
    for (const letter of ["A", "H", "K", "X"] as const) {
      const inked = letterLike(letter).filter((value) => value > 127).length / 784;
      expect(inked).toBeGreaterThan(0.1);
      expect(inked).toBeLessThan(0.33);
    }
  });
});
