import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { shippedModelPath } from "../../src/datasets/index.ts";
import {
  modelSha256,
  openContainer,
  parseContainer,
  readContainer,
  readModel,
  summarise,
  writeContainer,
  writeModel,
} from "../../src/model/index.ts";
import { everyLayer } from "./nets.ts";
import { missing, python, scratch, titled } from "./python.ts";

const folder = scratch();
const path = join(folder, "net.mho");

describe("a model file", () => {
  it("gives back every weight bit for bit, and everything else as it was", async () => {
    await writeModel(path, everyLayer);
    expect(await readModel(path)).toEqual(everyLayer);
  });

  it("has the same bytes each time the same model is written", async () => {
    await writeModel(path, everyLayer);
    const once = readFileSync(path);
    await writeModel(path, everyLayer);
    expect(readFileSync(path).equals(once)).toBe(true);
  });

  it("keeps the model's fingerprint, which changes with one weight by one bit", async () => {
    await writeModel(path, everyLayer);
    const back = await readModel(path);
    expect(modelSha256(back)).toBe(modelSha256(everyLayer));
    const dense = back.layers.at(-1)!;
    if (dense.type !== "dense") throw new Error("the last layer is dense");
    new Uint32Array(dense.weight.mean.buffer)[0]! ^= 1;
    expect(modelSha256(back)).not.toBe(modelSha256(everyLayer));
  });

  it("is the wrong kind where a map is wanted, and says which command shows what it is", async () => {
    await writeModel(path, everyLayer);
    await expect(readContainer(path, "map")).rejects.toMatchObject({
      code: "FILE_KIND",
      facts: { path, found: "model", wanted: "map" },
      mend: expect.stringContaining("mho inspect"),
    });
    expect((await openContainer(path)).kind).toBe("model");
  });

  it("is refused where a weight is no number, by the weight's name", async () => {
    const dense = everyLayer.layers.at(-1)!;
    if (dense.type !== "dense") throw new Error("the last layer is dense");
    const broken = { ...dense, weight: { ...dense.weight, std: dense.weight.std.map(() => Number.NaN) } };
    await writeModel(path, { ...everyLayer, layers: [...everyLayer.layers.slice(0, -1), broken] });
    await expect(readModel(path)).rejects.toMatchObject({
      code: "WEIGHT_NOT_FINITE",
      facts: { key: expect.stringMatching(/weight\.std$/), count: dense.weight.std.length },
    });
  });

  it("is refused when it breaks off anywhere", async () => {
    await writeModel(path, everyLayer);
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 37) {
      expect(() => parseContainer(whole.subarray(0, length), "cut.mho")).toThrow(
        expect.objectContaining({ code: "FILE_BROKEN" }),
      );
    }
  });

  it("is refused when one bit of a weight has flipped", async () => {
    await writeModel(path, everyLayer);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf("model/0/weight.mean.npy") + 160]! ^= 4;
    expect(() => parseContainer(bytes, "flipped.mho")).toThrow(/model\/0\/weight.mean.npy is damaged/);
  });

  it("is refused when an array was exchanged for another", async () => {
    const files = {
      "manifest.json": strToU8(
        JSON.stringify({ kind: "x", version: 1, manifest: {}, sha256: { a: "0".repeat(64) } }),
      ),
    };
    expect(() => parseContainer(zipSync({ ...files, "a.npy": strToU8("other") }), "x.mho")).toThrow(
      /SHA-256/,
    );
    expect(() => parseContainer(zipSync(files), "x.mho")).toThrow(/array a is missing/);
  });

  it("is refused when a word of its manifest was changed", async () => {
    await writeModel(path, everyLayer);
    const files = unzipSync(readFileSync(path));
    const text = strFromU8(files["manifest.json"]!);
    for (const [from, to] of [
      [`"name": "${everyLayer.name}"`, `"name": "another"`],
      [`"kind": "model"`, `"kind": "map"`],
      [`"scale": ${everyLayer.input.scale}`, `"scale": ${everyLayer.input.scale + 1}`],
    ] as const) {
      expect(text).toContain(from);
      const altered = zipSync({ ...files, "manifest.json": strToU8(text.replace(from, to)) }, { level: 0 });
      expect(() => parseContainer(altered, "x.mho")).toThrow(/manifest.json is not the one that was written/);
    }
  });

  it("of version 1, whose manifest has no checksum, is still read: the shipped model is one", async () => {
    const { "manifest.json": manifest } = unzipSync(readFileSync(shippedModelPath()));
    expect(JSON.parse(strFromU8(manifest!))).toMatchObject({ version: 1 });
    expect((await readModel(shippedModelPath())).layers.length).toBeGreaterThan(1);
  });

  it("is refused when its manifest is from a newer mho or no model's", async () => {
    const newer = {
      "manifest.json": strToU8(JSON.stringify({ kind: "model", version: 3, manifest: {}, sha256: {} })),
    };
    expect(() => parseContainer(zipSync(newer), "x.mho")).toThrow(
      expect.objectContaining({ code: "FILE_BROKEN" }),
    );
    await writeContainer(path, "model", { name: "half" }, []);
    await expect(readModel(path)).rejects.toMatchObject({ code: "FILE_BROKEN" });
  });

  it("may not unpack to more than 64 times its size, whatever it declares", () => {
    const honest = zipSync({ "manifest.json": new Uint8Array(2 ** 20) });
    const declaring = (size: number): Uint8Array => {
      const zip = Buffer.from(honest);
      zip.writeUInt32LE(size, zip.indexOf("PK\x01\x02") + 24);
      return zip;
    };
    expect(() => parseContainer(declaring(2 ** 27), "bomb.mho")).toThrow(/would unpack to 134217728 bytes/);
    expect(() => parseContainer(declaring(100), "bomb.mho")).toThrow(/does not unpack/);
  });
});

describe("the figures of a model", () => {
  it("are least, median and greatest of each layer's weights, and what its bias is", () => {
    const { layers } = summarise(everyLayer);
    expect(layers.map(({ bias }) => bias)).toEqual(["point", "gaussian", "none"]);
    expect(layers[1]).toMatchObject({ name: "hidden", type: "dense", shape: [3, 2] });
    expect(layers[1]!.std.min).toBeCloseTo(0.2, 6);
    expect(layers[1]!.std.median).toBeCloseTo(0.325, 6);
    expect(layers[1]!.std.max).toBeCloseTo(0.45, 6);
    expect(layers[0]!.shape).toEqual([2, 1, 3, 3]);
  });
});

const without = missing("numpy");
describe.skipIf(without !== undefined)(titled("a model file under numpy", without), () => {
  it("opens with numpy.load, which finds the weights by layer", async () => {
    await writeModel(path, everyLayer);
    const told = python(
      `import numpy as np; a = np.load("net.mho")["model/0/weight.mean"]; print(a.shape, a.dtype, a[0, 0, 0, 0])`,
      folder,
    );
    expect(told).toBe("(2, 1, 3, 3) float32 -0.5\n");
  });
});

const disk = join(folder, "disk");
function mountSmallDisk(): string | undefined {
  try {
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
    return undefined;
  } catch {
    return "skipped: only root can mount a small disk";
  }
}
const noDisk = mountSmallDisk();

describe.skipIf(noDisk !== undefined)(titled("a full disk", noDisk), () => {
  afterAll(() => execFileSync("umount", [disk]));

  it("leaves the old file whole, leaves nothing else, and says so", async () => {
    const old = join(disk, "net.mho");
    await writeModel(old, everyLayer);
    const before = readFileSync(old);
    const large = new Map([["noise", { shape: [2 ** 17], values: new Float32Array(2 ** 17) }]]);
    await expect(writeContainer(old, "model", {}, large)).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
      facts: { path: old },
    });
    expect(readFileSync(old).equals(before)).toBe(true);
    expect(readdirSync(disk)).toEqual(["net.mho"]);
  });
});

describe("a device that takes no byte", () => {
  it("is not replaced by a file", async () => {
    await expect(writeModel("/dev/full", everyLayer)).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
    writeFileSync("/dev/null", "still a device");
    expect(() => readdirSync("/dev/full")).toThrow();
  });
});
