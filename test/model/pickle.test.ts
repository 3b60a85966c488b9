import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { isMhoError } from "../../firmware-protocol/index.ts";
import { readTensors } from "../../src/model/index.ts";
import { scratch } from "./python.ts";

const folder = scratch();
const proto = (version: number): string => `\x80${String.fromCharCode(version)}`;
const magic = `${proto(2)}\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.`;
const unicode = (text: string): string => `X${String.fromCharCode(text.length, 0, 0, 0)}${text}`;
const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`;
/** A legacy torch file whose state dict is this pickle. */
const legacy = (pickle: string): Buffer =>
  Buffer.from(`${magic}${proto(2)}M\xe9\x03.${proto(2)}}.${pickle}`, "latin1");
const zipped = (pickle: string): Uint8Array => zipSync({ "archive/data.pkl": Buffer.from(pickle, "latin1") });

async function reading(bytes: Uint8Array): Promise<unknown> {
  const path = join(folder, "file.pt");
  writeFileSync(path, bytes);
  return readTensors(path);
}

/** Pickles that would run code under Python's own reader, as protocol 0, 2 and 4 write them, and the name each asks for. */
const malicious: readonly [string, string, string][] = [
  ["os.system by GLOBAL and REDUCE", `${proto(2)}cos\nsystem\n${unicode("touch pwned")}\x85R.`, "os.system"],
  [
    "posix.system by STACK_GLOBAL",
    `${proto(4)}${short("posix")}\x94${short("system")}\x94\x93${short("id")}\x85R.`,
    "posix.system",
  ],
  ["builtins.eval", `${proto(2)}cbuiltins\neval\n${unicode("1")}\x85R.`, "builtins.eval"],
  ["protocol 0 text", "cposix\nsystem\n(S'id'\ntR.", "posix.system"],
  ["INST", "(S'id'\nios\nsystem\n.", "os.system"],
  ["OBJ", `${proto(2)}(csubprocess\nPopen\n${unicode("id")}o.`, "subprocess.Popen"],
  [
    "a call nested in a harmless call",
    `${proto(2)}ccollections\nOrderedDict\n(cos\ngetcwd\n)RtR.`,
    "os.getcwd",
  ],
  [
    "a name put together from the memo",
    `${proto(4)}${short("os")}q\x07${short("popen")}q\x0900h\x07h\x09\x93.`,
    "os.popen",
  ],
  [
    "a class with __setstate__",
    `${proto(2)}c__main__\nEvil\n)\x81}${unicode("__setstate__")}${unicode("x")}sb.`,
    "__main__.Evil",
  ],
  [
    "torch's own nested loader",
    `${proto(2)}ctorch.storage\n_load_from_bytes\nC\x01a\x85R.`,
    "torch.storage._load_from_bytes",
  ],
  [
    "getattr on a harmless name",
    `${proto(4)}${short("collections")}${short("OrderedDict.__init__")}\x93.`,
    "collections.OrderedDict.__init__",
  ],
  [
    "a name of Object.prototype",
    `${proto(4)}${short("constructor")}${short("constructor")}\x93.`,
    "constructor.constructor",
  ],
  ["a whole module saved instead of its weights", `${proto(2)}c__main__\nNet\n)\x81.`, "__main__.Net"],
];

describe("a pickle that would run code", () => {
  it.each(malicious)("is refused by name: %s", async (_, pickle, name) => {
    for (const bytes of [legacy(pickle), zipped(pickle), Buffer.from(pickle, "latin1")]) {
      await expect(reading(bytes)).rejects.toMatchObject({
        code: "PICKLE_REFUSED",
        facts: { name },
        mend: expect.stringContaining("state_dict"),
      });
    }
  });

  it("cannot put control characters of its name into the terminal", async () => {
    await expect(reading(legacy(`${proto(2)}cos\x1b[2J\nsystem\n.`))).rejects.toMatchObject({
      facts: { name: "os?[2J.system" },
    });
  });
});

const od = "ccollections\nOrderedDict\n)R";
const broken: readonly [string, string, string][] = [
  ["takes from an empty stack", `${proto(2)}0.`, "more from its stack"],
  ["takes below a mark", `${proto(2)}N(\x85.`, "more from its stack"],
  ["closes a mark that was never set", `${proto(2)}t.`, "a mark is missing"],
  ["names a memo that was never kept", `${proto(2)}h\x05.`, "memo 5"],
  ["declares a string longer than the file", `${proto(2)}X\xff\xff\xff\x7fabc`, "bytes should follow"],
  [
    "declares a string of 2^63 bytes",
    `${proto(4)}\x8d\xff\xff\xff\xff\xff\xff\xff\x7f`,
    "bytes should follow",
  ],
  ["calls a dict", `${proto(2)}})R.`, "no name"],
  [
    "calls a storage class",
    `${proto(2)}ctorch\nFloatStorage\n)R.`,
    "torch.FloatStorage is not something to call",
  ],
  ["gives a dict a key without a value", `${proto(2)}}(Nu.`, "a key has no value"],
  ["appends to a number", `${proto(2)}K\x01Na.`, "no list"],
  ["sets the state of a number", `${proto(2)}K\x01}b.`, "has none"],
  ["has a persistent id that is no storage", `${proto(2)}NQ.`, "names no storage"],
  ["uses an instruction that no torch file has", `${proto(2)}\x82\x01.`, "0x82 is no pickle instruction"],
  ["is of a protocol to come", `${proto(9)}N.`, "protocol 9 is newer"],
  ["holds no dict", `${proto(2)}K\x01.`, "no dict of tensors"],
  [
    "makes a tensor without a storage",
    `${proto(2)}ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))\x89${od}tR.`,
    "no storage",
  ],
];

describe("a malformed pickle", () => {
  it.each(broken)("is PICKLE_BROKEN with the byte when it %s", async (_, pickle, why) => {
    await expect(reading(zipped(pickle))).rejects.toMatchObject({
      code: "PICKLE_BROKEN",
      facts: { at: expect.any(Number) },
    });
    await expect(reading(zipped(pickle))).rejects.toThrow(why);
  });

  it("says at which byte it breaks off", async () => {
    await expect(reading(zipped(`${proto(2)}}X\x09\x00\x00\x00abc`))).rejects.toThrow(
      "at byte 8: 9 bytes should follow, but 3 do",
    );
  });
});

const storageId = (count: string): string =>
  `(${unicode("storage")}ctorch\nFloatStorage\n${unicode("0")}${unicode("cpu")}${count}tQ`;
const tensor = (size: string, stride: string, count = "K\x02"): string =>
  `${proto(2)}}${unicode("w")}ctorch._utils\n_rebuild_tensor_v2\n(${storageId(count)}K\x00${size}\x85${stride}\x85\x89${od}tRs.`;
const withStorage = (pickle: string): Uint8Array =>
  zipSync({
    "a/data.pkl": Buffer.from(pickle, "latin1"),
    "a/data/0": new Uint8Array(Float32Array.of(3, 4).buffer),
  });

describe("a tensor in a pickle", () => {
  it("is read through its stride", async () => {
    expect(await reading(withStorage(tensor("K\x02", "K\x01")))).toEqual(
      new Map([["w", { shape: [2], values: Float32Array.of(3, 4) }]]),
    );
    expect(await reading(withStorage(tensor("K\x03", "K\x00")))).toEqual(
      new Map([["w", { shape: [3], values: Float32Array.of(3, 3, 3) }]]),
    );
  });

  it.each([
    ["reaches past its storage", tensor("K\x03", "K\x01"), "reaches to 2 in a storage of 2"],
    ["declares more than its storage has", tensor("K\x03", "K\x01", "K\x09"), "has 8 bytes, not 36"],
    [
      "expands two values to two thousand million",
      tensor("J\xff\xff\xff\x7f", "K\x00"),
      "tensors of more than",
    ],
    ["has a negative size", tensor("J\xff\xff\xff\xff", "K\x01"), "no whole number"],
  ])("is refused when it %s", async (_, pickle, why) => {
    await expect(reading(withStorage(pickle))).rejects.toThrow(why);
    await expect(reading(withStorage(pickle))).rejects.toMatchObject({ code: "PICKLE_BROKEN" });
  });
});

describe("a pickle made to exhaust its reader", () => {
  it("reads a million nested lists without growing its own call stack", async () => {
    await expect(reading(zipped(`${proto(2)}${"(".repeat(1e6)}N${"l".repeat(1e6)}.`))).rejects.toThrow(
      "no dict of tensors",
    );
  });

  it("stops at dicts 33 deep, and walks a dict that holds itself once", async () => {
    const nested = `${proto(2)}${`}${unicode("k")}`.repeat(40)}}${"s".repeat(40)}.`;
    await expect(reading(zipped(nested))).rejects.toThrow("more than 32 deep");
    await expect(reading(zipped(`${proto(2)}}q\x00${unicode("k")}h\x00s.`))).resolves.toEqual(new Map());
  });

  it("walks shared dicts once: 2^30 paths through 30 of them take no time", async () => {
    const level = (i: number): string =>
      `}(${unicode("a")}h${String.fromCharCode(i)}${unicode("b")}h${String.fromCharCode(i)}uq${String.fromCharCode(i + 1)}`;
    const laughs = `${proto(2)}}q\x00${Array.from({ length: 30 }, (_, i) => level(i)).join("")}.`;
    await expect(reading(zipped(laughs))).resolves.toEqual(new Map());
  });

  it("never does anything but read or say which byte is wrong, whatever the bytes", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (body) => {
        await reading(Buffer.concat([Buffer.from([0x80, 2]), body])).catch((error: unknown) => {
          expect(isMhoError(error, "PICKLE_BROKEN") || isMhoError(error, "PICKLE_REFUSED")).toBe(true);
        });
      }),
      { numRuns: 300 },
    ));
});
