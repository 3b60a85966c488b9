import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  codeBits,
  isMhoError,
  packCodes,
  packedSize,
  packSamples,
  unpackCodes,
  unpackInto,
  unpackSamples,
} from "#protocol";

fc.configureGlobal({ seed: 20_261_121 });

const bitsAndCodes = fc.integer({ min: 1, max: 16 }).chain((bits) =>
  fc.tuple(
    fc.constant(bits),
    fc
      .array(fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }), { maxLength: 70 })
      .map((a) => Int16Array.from(a)),
  ),
);

describe("packed codes", () => {
  it("come back from 1 … 16 bits in the fewest whole bytes", () =>
    fc.assert(
      fc.property(bitsAndCodes, ([bits, codes]) => {
        const packed = packCodes(codes, bits);
        expect(packed.length).toBe(Math.ceil((codes.length * bits) / 8));
        expect(packed.length).toBe(packedSize(codes.length, bits));
        expect(unpackCodes(packed, bits, codes.length)).toEqual(codes);
      }),
    ));

  it("of several samples begin each at a whole byte, so that one can be cut out", () =>
    fc.assert(
      fc.property(bitsAndCodes, fc.integer({ min: 1, max: 5 }), ([bits, one], samples) => {
        const perSample = one.length;
        const codes = Int16Array.from({ length: samples * perSample }, (_, i) => one[(i * 7) % perSample]!);
        const packed = packSamples(codes, perSample, bits);
        const size = packedSize(perSample, bits);
        expect(packed.length).toBe(samples * size);
        expect(unpackSamples(packed, bits, { samples, perSample })).toEqual(codes);
        const last = unpackCodes(packed.subarray((samples - 1) * size), bits, perSample);
        expect(last).toEqual(codes.slice((samples - 1) * perSample));
      }),
    ));

  it("are packed into bytes that are there: as many as they take", () => {
    const into = new Uint8Array(6).fill(0xee);
    const packed = packSamples(Int16Array.of(-1, 0, 1, 2), 2, 12, into);
    expect(packed).toEqual(packSamples(Int16Array.of(-1, 0, 1, 2), 2, 12));
    expect(packed.buffer).toBe(into.buffer);
  });

  it("are written into an array that is there, at a place in it, and those at the ends are counted", () => {
    const into = new Int16Array(5).fill(99);
    const packed = packCodes(Int16Array.of(-2048, 2047), 12);
    expect(unpackInto(into, 2, packed, 12, { samples: 1, perSample: 2 })).toBe(2);
    expect([...into]).toEqual([99, 99, -2048, 2047, 99]);
  });

  it.each([
    [8, 128],
    [8, -129],
    [12, 2048],
    [12, -2049],
    [1, 1],
  ])("of %d bits refuse %d rather than wrap it", (bits, code) => {
    expect(() => packCodes(Int16Array.of(0, code), bits)).toThrow(`code 1 = ${code} does not fit the wire`);
  });

  it.each([0, 17, 3.5])("of %d bits do not exist", (bits) => {
    expect(() => packCodes(new Int16Array(1), bits)).toThrow(/bits = /);
    expect(() => unpackCodes(new Uint8Array(9), bits, 1)).toThrow(/bits = /);
  });

  it("of a sample that is not whole are refused", () => {
    expect(() => packSamples(new Int16Array(7), 3, 12)).toThrow(
      "codes of the last sample = 1 does not fit the wire (3 to 3)",
    );
  });

  it("say what is missing when bytes are", () => {
    try {
      unpackCodes(new Uint8Array(2), 12, 2);
      expect.unreachable();
    } catch (error) {
      expect(isMhoError(error, "WIRE_BROKEN") && error.facts.why).toBe(
        "2 bytes do not hold 2 codes of 12 bits",
      );
    }
  });

  it.each([
    [-128, 127, 8],
    [0, 255, 9],
    [0, 1, 2],
    [-1, 0, 1],
    [-2048, 2047, 12],
    [-32768, 32767, 16],
  ])("from %d to %d take %d bits", (min, max, bits) => expect(codeBits(min, max)).toBe(bits));
});
