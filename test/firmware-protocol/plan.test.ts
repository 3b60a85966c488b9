import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodePlan,
  encodePlan,
  type ForwardPlan,
  isMhoError,
  type PlanLayer,
  packSparse,
  unpackSparse,
} from "#protocol";

const floats = (length: number) =>
  fc
    .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: length, maxLength: length })
    .map((v) => Float32Array.from(v));
const u16 = fc.nat(0xffff);

/** A layer of these sizes, with some blocks that stay within it. */
const layerOf = (inputs: number, outputs: number): fc.Arbitrary<PlanLayer> =>
  fc
    .record({
      inputs: fc.constant(inputs),
      outputs: fc.constant(outputs),
      range: fc.nat(255),
      average: fc.integer({ min: 1, max: 0xffff }),
      signs: fc.constantFrom<readonly (1 | -1)[]>([1], [1, -1], [-1, 1, 1]),
      twoPhases: fc.boolean(),
      relu: fc.boolean(),
      low: fc.integer({ min: -0x8000, max: 0 }),
      high: fc.integer({ min: 0, max: 0x7fff }),
      blocks: fc.array(fc.record({ tile: u16, row: u16, col: u16 }), { maxLength: 3 }),
      scale: floats(outputs),
      bias: floats(outputs),
      offset: floats(outputs),
      floor: floats(outputs),
      topUp: fc.option(
        fc.record({
          codes: fc.int16Array({ minLength: inputs * outputs, maxLength: inputs * outputs }),
          lsb: floats(outputs),
        }),
        { nil: undefined },
      ),
    })
    .map(({ blocks, signs, ...layer }) => ({
      ...layer,
      signs,
      blocks: blocks.map((at) => ({
        ...at,
        rows: 1,
        cols: signs.length,
        input: inputs - 1,
        output: outputs - 1,
      })),
    }));

/** The layer with outputs that fit these bits. */
const within = (layer: PlanLayer, bits: number): PlanLayer => ({
  ...layer,
  low: Math.max(layer.low, -(2 ** (bits - 1))),
  high: Math.min(layer.high, 2 ** (bits - 1) - 1),
});

const plans: fc.Arbitrary<ForwardPlan> = fc
  .tuple(
    fc.integer({ min: 1, max: 16 }),
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
  )
  .chain(([outputBits, widths]) =>
    fc.tuple(...widths.slice(1).map((outputs, k) => layerOf(widths[k]!, outputs))).map((layers) => ({
      outputBits,
      layers: [...layers.slice(0, -1), within(layers.at(-1)!, outputBits)],
    })),
  );

const python = ((): boolean => {
  try {
    return execFileSync("python3", ["--version"], { encoding: "utf8" }).startsWith("Python 3");
  } catch {
    return false;
  }
})();

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "nothing thrown";
  } catch (error) {
    return isMhoError(error) ? error.code : String(error);
  }
};

describe("a network plan as bytes", () => {
  it("comes back as it was, at multiples of 4 bytes", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const bytes = encodePlan(plan);
        expect(bytes.length % 4).toBe(0);
        expect(decodePlan(bytes)).toEqual(plan);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("breaks wherever it is cut or has something added, and never in another way", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, at) => {
        const bytes = encodePlan(plan);
        expect(codeOf(() => decodePlan(bytes.subarray(0, at % bytes.length)))).toBe("WIRE_BROKEN");
        expect(codeOf(() => decodePlan(Uint8Array.of(...bytes, 0, 0, 0, 0)))).toBe("WIRE_BROKEN");
      }),
      { seed: 2, numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(["WIRE_BROKEN", "nothing thrown"]).toContain(codeOf(() => decodePlan(noise)));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it.skipIf(!python)("has the layout of PROTOCOL.md, written a second time with Python's struct", () => {
    const layer: PlanLayer = {
      ...{
        inputs: 3,
        outputs: 2,
        range: 5,
        average: 4,
        signs: [1, -1],
        twoPhases: true,
        relu: true,
        low: -7,
        high: 300,
      },
      blocks: [{ tile: 1, row: 2, col: 3, rows: 3, cols: 4, input: 0, output: 0 }],
      scale: Float32Array.of(0.5, 2),
      bias: Float32Array.of(-1, 1.5),
      offset: Float32Array.of(0, 0.25),
      floor: Float32Array.of(8, -8),
      topUp: { codes: Int16Array.of(1, -2, 3, -4, 5, 32767), lsb: Float32Array.of(0.125, 4) },
    };
    const script = `
import struct, sys
out = struct.pack("<BBBBHH", 1, 1, 10, 0, 3, 2)
out += struct.pack("<HHHHBBBBhh", 3, 2, 4, 0b10, 2, 5, 1 | 2 | 4, 1, -7, 300)
out += struct.pack("<7H", 1, 2, 3, 3, 4, 0, 0) + b"\\0\\0"
out += struct.pack("<8f", 0.5, 2, -1, 1.5, 0, 0.25, 8, -8) + struct.pack("<2f", 0.125, 4)
out += struct.pack("<6h", 1, -2, 3, -4, 5, 32767)
sys.stdout.write(out.hex())`;
    const wanted = execFileSync("python3", ["-c", script], { encoding: "utf8" });
    expect(Buffer.from(encodePlan({ outputBits: 10, layers: [layer] })).toString("hex")).toBe(wanted);
  });
});

describe("sparse codes", () => {
  it("come back as they were, one vector after another", () => {
    const vector = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -512, max: 511 })), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(vector, { maxLength: 5 }), (vectors) => {
        const bytes = Buffer.concat(vectors.map((codes) => packSparse(Int16Array.from(codes), 10)));
        let at = 0;
        for (const codes of vectors) {
          const back = new Int16Array(codes.length);
          at = unpackSparse(bytes, at, 10, back);
          expect([...back]).toEqual(codes);
        }
        expect(at).toBe(bytes.length);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it("are a bit and their bits a code, and break where they are cut", () => {
    const codes = Int16Array.from({ length: 784 }, (_, i) => (i % 5 === 0 ? 9 : 0));
    const bytes = packSparse(codes, 10);
    expect(bytes).toHaveLength(98 + Math.ceil((157 * 10) / 8));
    for (const end of [0, 97, 98, bytes.length - 1])
      expect(codeOf(() => unpackSparse(bytes.subarray(0, end), 0, 10, new Int16Array(784)))).toBe(
        "WIRE_BROKEN",
      );
  });
});
