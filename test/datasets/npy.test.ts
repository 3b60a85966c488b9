import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  decodeElements,
  type Elements,
  formatNpy,
  parseNpy,
  readNpy,
  writeNpy,
} from "../../src/datasets/index.ts";
import { missing, python, scratch, titled } from "../model/python.ts";

const without = missing("numpy");
const folder = scratch();
const read = (name: string): Elements => parseNpy(readFileSync(join(folder, name)), name).values;

describe.skipIf(without !== undefined)(titled("a .npy file that numpy wrote", without), () => {
  beforeAll(() => {
    python(
      `
import numpy as np
x = np.array([[0, 1, 2], [3, 4, 5]])
for name in "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split():
    np.save(f"{name}.npy", x.astype(name)); np.save(f"{name}-big.npy", x.astype(np.dtype(name).newbyteorder(">")))
np.save("fortran.npy", np.asfortranarray(np.arange(24, dtype="f4").reshape(2, 3, 4)))
np.save("scalar.npy", np.float32(2.5)); np.save("empty.npy", np.zeros((0, 3), "f4"))
for v in (1, 2, 3):
    with open(f"v{v}.npy", "wb") as f: np.lib.format.write_array(f, x.astype("f4"), version=(v, 0))
h = np.array([0x0001, 0x03ff, 0x0400, 0x3555, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x8000], "u2")
np.save("halves.npy", h.view("f2")); np.save("singles.npy", h.view("f2").astype("f4"))
np.save("object.npy", np.array([{}], dtype=object)); np.save("huge.npy", np.array([2**53 + 1]))
np.save("record.npy", np.zeros(2, dtype=[("a", "f4")]))`,
      folder,
    );
  });

  it.each("i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split(" "))(
    "reads element type %s in either byte order",
    (name) => {
      expect([...read(`${name}.npy`)]).toEqual([0, 1, 2, 3, 4, 5]);
      expect([...read(`${name}-big.npy`)]).toEqual([0, 1, 2, 3, 4, 5]);
    },
  );

  it("reads bool as 0 and 1", () => expect([...read("b1.npy")]).toEqual([0, 1, 1, 1, 1, 1]));

  it("turns Fortran order into C order", () => {
    expect([...read("fortran.npy")]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it.each([1, 2, 3])("reads format version %d", (version) =>
    expect([...read(`v${version}.npy`)]).toEqual([0, 1, 2, 3, 4, 5]),
  );

  it("keeps scalars, empty arrays and their shapes", async () => {
    expect(await readNpy(join(folder, "scalar.npy"))).toEqual({ shape: [], values: new Float32Array([2.5]) });
    expect(await readNpy(join(folder, "empty.npy"))).toEqual({ shape: [0, 3], values: new Float32Array() });
  });

  it("widens float16 exactly, subnormal numbers, infinities and −0 too", () => {
    expect(read("halves.npy")).toEqual(read("singles.npy"));
  });

  it.each([
    ["object.npy", "pickle"],
    ["record.npy", "plain numeric"],
    ["huge.npy", "9007199254740993"],
  ])("refuses %s", (name, why) => expect(() => read(name)).toThrow(why));

  it("is read back by numpy when mho wrote it, with type, shape and values", async () => {
    await writeNpy(join(folder, "ours.npy"), { shape: [2, 2], values: new Float32Array([1.5, -2, 3, 4]) });
    await writeNpy(join(folder, "line.npy"), { shape: [3], values: new Int16Array([-1, 0, 7]) });
    const told = python(
      `import numpy as np
for n in ("ours", "line"):
    a = np.load(f"{n}.npy"); print(a.dtype.str, a.shape, a.tolist())`,
      folder,
    );
    expect(told).toBe("<f4 (2, 2) [[1.5, -2.0], [3.0, 4.0]]\n<i2 (3,) [-1, 0, 7]\n");
  });
});

describe("a .npy file", () => {
  it("comes back as it was written, whatever its shape", () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { maxLength: 5 }),
        fc.constantFrom(Float32Array, Float64Array, Uint8Array),
        (shape, Type) => {
          const values = new Type(shape.reduce((a, b) => a * b, 1)).map((_, i) => i);
          expect(parseNpy(formatNpy({ shape, values }), "x.npy")).toEqual({ shape, values });
        },
      ),
    ));

  it("is refused by name when it breaks off anywhere", () => {
    const whole = formatNpy({ shape: [3, 2], values: new Float32Array(6) });
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseNpy(whole.subarray(0, length), "cut.npy")).toThrow(
        expect.objectContaining({ code: "FILE_BROKEN" }),
      );
    }
  });

  it("never does anything but parse or say FILE_BROKEN, whatever bytes follow the magic", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        try {
          parseNpy(Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), tail]), "x.npy");
        } catch (error) {
          expect(error).toMatchObject({ code: "FILE_BROKEN" });
        }
      }),
    ));

  it("is named when it is not there", () =>
    expect(readNpy(join(folder, "nowhere.npy"))).rejects.toMatchObject({ code: "FILE_UNREADABLE" }));

  it("says that it cannot be written where there is no such folder", async () => {
    const path = join(folder, "no", "such", "folder.npy");
    await expect(writeNpy(path, { shape: [], values: new Float32Array(1) })).rejects.toMatchObject({
      code: "FILE_UNWRITABLE",
    });
  });

  it("is written through a link, which stays a link", async () => {
    writeFileSync(join(folder, "target.npy"), "old");
    const { symlinkSync, lstatSync } = await import("node:fs");
    symlinkSync("target.npy", join(folder, "link.npy"));
    await writeNpy(join(folder, "link.npy"), { shape: [1], values: new Float32Array([8]) });
    expect(lstatSync(join(folder, "link.npy")).isSymbolicLink()).toBe(true);
    expect([...read("target.npy")]).toEqual([8]);
  });
});

describe("bfloat16", () => {
  it("is the upper half of a float32: 0x3fc0 is 1.5, 0xc000 is −2", () => {
    expect([...decodeElements(new Uint8Array([0xc0, 0x3f, 0x00, 0xc0]), "bf16")]).toEqual([1.5, -2]);
  });
});
