import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { formatNpy } from "../../src/datasets/index.ts";
import {
  importModel,
  isWeightLayer,
  parseArch,
  readTensors,
  writeContainer,
  writeModel,
} from "../../src/model/index.ts";
import { everyLayer } from "./nets.ts";
import { scratch } from "./python.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);

/** A .safetensors file by its specification: u64 length, JSON header, tensors. */
function safetensors(header: unknown, body: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, body]);
}
function reading(bytes: Uint8Array, name = "net.safetensors") {
  writeFileSync(at(name), bytes);
  return readTensors(at(name));
}
const entry = (from: number, to: number, shape = [(to - from) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [from, to],
});
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe("a .safetensors file", () => {
  it("holds tensors of any order in the body, of float and whole types", async () => {
    const header = {
      __metadata__: { format: "pt" },
      b: entry(0, 8),
      a: entry(8, 12, [1, 1]),
      h: entry(12, 14, [1], "BF16"),
      i: entry(14, 15, [], "I8"),
    };
    const tensors = await reading(
      safetensors(header, Buffer.concat([floats(1, 2), floats(3), Buffer.from([0xc0, 0x3f, 0xff])])),
    );
    expect([...tensors]).toEqual([
      ["a", { shape: [1, 1], values: Float32Array.of(3) }],
      ["b", { shape: [2], values: Float32Array.of(1, 2) }],
      ["h", { shape: [1], values: Float32Array.of(1.5) }],
      ["i", { shape: [], values: Int8Array.of(-1) }],
    ]);
  });

  it("has its layers put in natural order, fc2 before fc10, and says so", async () => {
    const part = (i: number, shape: number[]) => ({ dtype: "F32", shape, data_offsets: [i * 8, i * 8 + 8] });
    const header = {
      "fc10.mu_weight": part(0, [1, 2]),
      "fc10.rho_weight": part(1, [1, 2]),
      "fc2.mu_weight": part(2, [2, 1]),
      "fc2.rho_weight": part(3, [2, 1]),
    };
    writeFileSync(at("two.safetensors"), safetensors(header, new Uint8Array(32)));
    const model = await importModel(at("two.safetensors"));
    expect(model.layers.filter(isWeightLayer).map(({ name }) => name)).toEqual(["fc2", "fc10"]);
    expect(model.provenance.notes.join()).toContain("natural order");
  });

  it.each([
    [
      "declares a header longer than the file",
      safetensors({ a: entry(0, 4) }).subarray(0, 20),
      "header breaks off",
    ],
    [
      "has overlapping tensors",
      safetensors({ a: entry(0, 8), b: entry(4, 12) }, new Uint8Array(12)),
      "b is at bytes 4 to 12, where 8",
    ],
    [
      "has a gap",
      safetensors({ a: entry(0, 4), b: entry(8, 12) }, new Uint8Array(12)),
      "where 4 should be its first",
    ],
    ["points past its end", safetensors({ a: entry(0, 400) }, new Uint8Array(4)), "end at byte 400 of 4"],
    [
      "has bytes that no tensor owns",
      safetensors({ a: entry(0, 4) }, new Uint8Array(8)),
      "end at byte 4 of 8",
    ],
    [
      "has a shape that needs other bytes",
      safetensors({ a: entry(0, 8, [3]) }, new Uint8Array(8)),
      "8 bytes, not the 12",
    ],
    [
      "has an element type that is not read",
      safetensors({ a: entry(0, 1, [1], "F8_E4M3") }, new Uint8Array(1)),
      "F8_E4M3",
    ],
    ["has an entry that is none", safetensors({ a: 3 }), "entry a is malformed"],
    ["has a negative offset", safetensors({ a: entry(-4, 0) }), "entry a is malformed"],
    ["is no JSON", safetensors("{]"), ".safetensors"],
    ["nests a million arrays", safetensors(`{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`), ""],
  ])("is refused when it %s", async (_, bytes, why) => {
    await expect(reading(bytes)).rejects.toMatchObject({
      code: "FILE_BROKEN",
      message: expect.stringContaining(why),
    });
  });

  it("never does anything but read or say what is broken, whatever its header says", () =>
    fc.assert(
      fc.asyncProperty(fc.json(), fc.uint8Array({ maxLength: 16 }), async (json, body) => {
        await reading(safetensors(`{"a":${json}}`, body)).catch((error: unknown) =>
          expect(error).toMatchObject({ code: "FILE_BROKEN" }),
        );
      }),
      { numRuns: 200 },
    ));
});

const npy = (shape: number[], values = new Float32Array(shape.reduce((a, b) => a * b, 1))) =>
  formatNpy({ shape, values });

describe("a file", () => {
  it.each([
    ["empty.npz", new Uint8Array()],
    ["text.txt", Buffer.from("weights")],
    ["zip-of-text.npz", zipSync({ "a.txt": Buffer.from("a") })],
    ["keras.h5", Buffer.from("\x89HDF\r\n\x1a\n", "latin1")],
  ])("that is no weights file (%s) is FORMAT_UNKNOWN", async (name, bytes) => {
    await expect(reading(bytes, name)).rejects.toMatchObject({ code: "FORMAT_UNKNOWN" });
  });

  it("that is not there is FILE_UNREADABLE, with its path", () =>
    expect(importModel(at("nowhere.pt"))).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      facts: { path: at("nowhere.pt") },
    }));

  it("of a model that mho wrote is imported as it is, with the file it is from, and takes no --std", async () => {
    await writeModel(at("ours.mho"), everyLayer);
    const read = { file: "ours.mho", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(await importModel(at("ours.mho"))).toEqual({
      ...everyLayer,
      provenance: { ...everyLayer.provenance, ...read },
    });
    await expect(importModel(at("ours.mho"), { std: "exp" })).rejects.toMatchObject({
      code: "OPTION_INVALID",
    });
    await writeContainer(at("map.mho"), "map", {}, []);
    await expect(importModel(at("map.mho"))).rejects.toMatchObject({ code: "FILE_KIND" });
  });
});

const layer = (type: string, weights = "fc") => ({ type, weights });
const archOf = (layers: unknown[], shape = [2]) => ({ input: { shape }, layers });

describe("an arch file", () => {
  it.each([
    ["no JSON", "{", "JSON"],
    ["no layers", { input: { shape: [1] }, layers: [] }, "layers"],
    ["a layer that does not exist", archOf([{ type: "lstm" }]), "layers[0]"],
    ["a misspelt field", archOf([{ ...layer("dense"), wieghts: "x" }]), "wieghts"],
    ["a pool without a size", archOf([{ type: "maxpool" }]), "size"],
    ["a kernel of 0", archOf([{ ...layer("conv2d"), kernel: 0 }]), "kernel"],
  ])("with %s is ARCH_INVALID and names the place", (_, arch, why) =>
    expect(() => parseArch(arch)).toThrow(
      expect.objectContaining({ code: "ARCH_INVALID", message: expect.stringContaining(why) }),
    ),
  );

  const conv = { "c.mu_kernel.npy": npy([2, 1, 3, 3]), "c.rho_kernel.npy": npy([2, 1, 3, 3]) };
  const dense = {
    "fc.mu_weight.npy": npy([3, 2]),
    "fc.rho_weight.npy": npy([3, 2]),
    "fc.mu_bias.npy": npy([4]),
    "fc.rho_bias.npy": npy([4]),
  };
  it.each([
    [
      "takes another number of inputs",
      archOf([{ ...layer("dense"), bias: false }], [5]),
      "SHAPE_MISMATCH",
      "has shape 5, but 2",
    ],
    [
      "has a bias of another length",
      archOf([layer("dense")]),
      "SHAPE_MISMATCH",
      "fc.mu_bias has shape 4, but 3",
    ],
    [
      "is no convolution's",
      archOf([layer("conv2d")]),
      "SHAPE_MISMATCH",
      "fc.mu_weight has shape 3×2, but outputs × inputs × k × k",
    ],
    ["is no dense layer's", archOf([layer("dense", "c")]), "SHAPE_MISMATCH", "c.mu_kernel has shape 2×1×3×3"],
    [
      "has another kernel",
      archOf([{ ...layer("conv2d", "c"), kernel: 5 }], [1, 8, 8]),
      "SHAPE_MISMATCH",
      "× 5 × 5",
    ],
    [
      "looks at other channels",
      archOf([layer("conv2d", "c")], [3, 8, 8]),
      "SHAPE_MISMATCH",
      "3×8×8, but 1 channels",
    ],
    [
      "is not in the file",
      archOf([layer("dense", "fc9")]),
      "ARCH_INVALID",
      'no layer\'s keys begin with "fc9"; there are c, fc',
    ],
    [
      "is missing a flatten before it",
      archOf([layer("conv2d", "c"), { ...layer("dense"), bias: false }], [1, 3, 3]),
      "SHAPE_MISMATCH",
      "2×1×1",
    ],
  ])("whose layer %s is refused with both shapes", async (_, arch, code, says) => {
    writeFileSync(at("net.npz"), zipSync({ ...conv, ...dense }));
    const error = expect.objectContaining({ code, message: expect.stringContaining(says) });
    await expect(importModel(at("net.npz"), { arch: parseArch(arch) })).rejects.toEqual(error);
  });
});

describe("--std", () => {
  it.each(["softmax", "", "softplus-1", "2*", "exp/3", "__proto__"])(
    "refuses %j and lists what there is",
    async (std) => {
      writeFileSync(
        at("net.npz"),
        zipSync({ "fc.mu_weight.npy": npy([3, 2]), "fc.rho_weight.npy": npy([3, 2]) }),
      );
      await expect(importModel(at("net.npz"), { std })).rejects.toMatchObject({
        code: "OPTION_INVALID",
        message: expect.stringContaining("softplus"),
      });
    },
  );
});
