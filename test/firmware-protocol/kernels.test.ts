import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c, packCodes, packedSize, packSamples, unpackInto } from "#protocol";
import { type Kit, newKit, plain, room, wire } from "../../firmware-protocol/kernels/index.ts";

fc.configureGlobal({ seed: 20_261_121 });

/** Pseudo-random bytes and words from a seed (a linear congruence: Numerical Recipes 3rd ed., §7.1). */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state >>> 8;
  };
}

const wasm = newKit("wasm");
const mirror = newKit("mirror");
const both = [wasm, mirror] as const;

/** Bytes with runs: what is stuffed in blocks of 254, cut anywhere, with zeros from none to many. */
const bytes = fc
  .tuple(fc.nat(3000), fc.constantFrom(0, 1, 4, 254, 255, 256, 1000), fc.nat(0xffff_ffff))
  .map(([length, zeroEvery, seed]) => {
    const next = random(seed);
    return Uint8Array.from({ length }, () =>
      zeroEvery > 0 && next() % zeroEvery === 0 ? 0 : 1 + (next() % 255),
    );
  });

/** What a kernel gives, and the bytes it wrote between `from` and the end that `result` names. */
function ran(kit: Kit, given: Uint8Array, call: (kit: Kit) => [result: number, from: number, end: number]) {
  kit.u8.set(given, plain);
  const [result, from, end] = call(kit);
  return { result, bytes: [...kit.u8.subarray(from, end)] };
}
function same(given: Uint8Array, call: Parameters<typeof ran>[2]): void {
  expect(ran(wasm, given, call)).toEqual(ran(mirror, given, call));
}

describe("kernels of the wire in WASM and in plain TypeScript", () => {
  it("are both here", () => expect(wasm.kernels.crc).not.toBe(mirror.kernels.crc));

  it("reckon the same CRC", () =>
    fc.assert(
      fc.property(bytes, fc.nat(0xffff_ffff), (given, seed) => {
        same(given, ({ kernels }) => [kernels.crc(plain, plain + given.length, seed), 0, 0]);
      }),
    ));

  it("stuff to the same bytes, and take the stuffing out again", () =>
    fc.assert(
      fc.property(bytes, (given) => {
        same(given, ({ kernels }) => {
          const end = kernels.stuff(plain, plain + given.length, wire);
          return [end, wire, end];
        });
        for (const { kernels, u8 } of both) {
          u8.set(given, plain);
          const end = kernels.stuff(plain, plain + given.length, wire);
          expect([...u8.subarray(plain, kernels.unstuff(wire, end, plain))]).toEqual([...given]);
        }
      }),
    ));

  it("take the same out of bytes that nobody stuffed, or both say that a code points past the end", () =>
    fc.assert(
      fc.property(bytes, (given) => {
        const stuffed = given.map((byte) => byte || 1);
        same(stuffed, ({ kernels }) => {
          const end = kernels.unstuff(plain, plain + stuffed.length, wire);
          return [end, wire, end || wire];
        });
      }),
    ));

  it("pack codes to the same bytes, see the same that do not fit, and unpack them with their sign", () =>
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 16 }), fc.nat(12), fc.nat(70), fc.boolean(), fc.nat(0xffff_ffff)),
        ([bits, samples, perSample, fit, seed]) => {
          const next = random(seed);
          const spare = fit ? 32 - bits : 16;
          const codes = Int16Array.from({ length: samples * perSample }, () => (next() << spare) >> spare);
          const size = samples * packedSize(perSample, bits);
          same(new Uint8Array(codes.buffer), ({ kernels }) => {
            const wrong = kernels.pack(plain, samples, perSample, bits, wire);
            return [wrong, wire, fit ? wire + size : wire];
          });
          const [least, greatest] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
          const ends = codes.filter((code) => code === least || code === greatest).length;
          for (const { kernels, i16 } of fit ? both : []) {
            expect(kernels.unpack(wire, samples, perSample, bits, plain)).toBe(ends);
            expect([...i16.subarray(plain / 2, plain / 2 + codes.length)]).toEqual([...codes]);
          }
        },
      ),
    ));
});

describe("what is longer than the kernels' memory", () => {
  const long = Uint8Array.from({ length: 2 * room + 777 }, (_, i) => (i * 7919) >> 3);

  it("has the CRC of its pieces one after another", () => {
    const cut = room + 123;
    expect(crc32c(long)).toBe(crc32c(long.subarray(cut), crc32c(long.subarray(0, cut))));
  });

  it.each([
    ["one stream", 1, 70_001, 11],
    ["samples that end at whole bytes", 300, 256, 12],
    ["samples that are filled up", 700, 101, 10],
    ["two samples of which neither fits", 2, 40_003, 9],
  ])("%s: is packed as its parts are, and unpacked into place", (_, samples, perSample, bits) => {
    const next = random(5);
    const codes = Int16Array.from(
      { length: samples * perSample },
      () => (next() << (32 - bits)) >> (32 - bits),
    );
    const packed = packSamples(codes, perSample, bits);
    const size = packedSize(perSample, bits);
    for (const s of [0, samples >> 1, samples - 1])
      expect([...packed.subarray(s * size, (s + 1) * size)]).toEqual([
        ...packCodes(codes.slice(s * perSample, (s + 1) * perSample), bits),
      ]);
    const into = new Int16Array(codes.length + 3).fill(99);
    unpackInto(into, 2, packed, bits, { samples, perSample });
    expect(into.subarray(2, -1)).toEqual(codes);
    expect([into[1], into.at(-1)]).toEqual([99, 99]);
  });

  it("names the code that does not fit by its place in the whole", () => {
    const codes = new Int16Array(100_000);
    codes[77_777] = 2048;
    expect(() => packCodes(codes, 12)).toThrow("code 77777 = 2048 does not fit the wire");
  });
});
