import { describe, expect, it } from "vitest";
import { fillLaplaces, fillNormals, philox4x32, randomStream } from "#calibration";
import { ksCritical, ksDistance, lagZ, laplaceCdf, normalCdf, rawMoments } from "./statistics.ts";

// Every test has a fixed seed. Bounds are five standard errors unless stated: a right generator under another seed
// would fail one of them with probability 6e-7.
const count = 1 << 20;
const draw = (fill: typeof fillNormals, b = 0): Float32Array => {
  const out = new Float32Array(count);
  fill(out, 20261121, 3, 5, b);
  return out;
};
const hex = (words: Uint32Array): string => [...words].map((w) => w.toString(16).padStart(8, "0")).join(" ");

describe("Philox4x32-10", () => {
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ] as const)("gives Random123's known answer for counter %j, key %j", (counter, key, answer) => {
    expect(hex(philox4x32(counter, key))).toBe(answer);
  });
});

/** The generator as its documentation states it, with big integers and double precision: shares no code with ours. */
function statedNormals(seed: bigint, stream: number, a: number, b: number, n: number): number[] {
  const word = (x: bigint): bigint => x & 0xffff_ffffn;
  const lanes = [0, 1, 2, 3].map((lane) =>
    [...philox4x32([lane, b, a, stream], [Number(word(seed)), Number(seed >> 32n)])].map(BigInt),
  );
  const step = (s: bigint[]): bigint => {
    const t = word(s[0]! + s[1]! + s[3]!);
    s[3] = word(s[3]! + 1n);
    s[0] = s[1]! ^ (s[1]! >> 9n);
    s[1] = word(s[2]! + (s[2]! << 3n));
    s[2] = word((word(s[2]! << 21n) | (s[2]! >> 11n)) + t);
    return t;
  };
  const out: number[] = [];
  while (out.length < n) {
    const radii = lanes.map(step).map((w) => Math.sqrt(-2 * Math.log((Number(w >> 1n) + 0.5) / 2 ** 31)));
    const eight: number[] = [];
    lanes.map(step).forEach((w, lane) => {
      const angle = ((Number(w & 0x3fff_ffffn) - 2 ** 29) / 2 ** 31) * Math.PI;
      const pair = [(w >> 31n ? -1 : 1) * radii[lane]! * Math.cos(angle), radii[lane]! * Math.sin(angle)];
      const swap = Number((w >> 30n) & 1n);
      eight[lane] = pair[swap]!;
      eight[lane + 4] = pair[1 - swap]!;
    });
    out.push(...eight);
  }
  return out.slice(0, n);
}

describe("fillNormals", () => {
  it("is Box–Muller on four sfc32 lanes keyed by Philox, to 3e-6 of the same in double precision", () => {
    const out = new Float32Array(4001);
    fillNormals(out, 2 ** 40 + 7, 6, 11, 13);
    const stated = statedNormals(2n ** 40n + 7n, 6, 11, 13, 4001);
    expect(Math.max(...out.map((z, i) => Math.abs(z - stated[i]!)))).toBeLessThan(3e-6);
  });

  it("has the normal's first four moments", () => {
    const moments = rawMoments(draw(fillNormals));
    const errors = [1, 2, 15, 96].map((variance) => Math.sqrt(variance / count));
    [0, 1, 0, 3].forEach((expected, k) => {
      expect(Math.abs(moments[k]! - expected) / errors[k]!).toBeLessThan(5);
    });
  });

  it("follows the normal distribution function (Kolmogorov–Smirnov, false alarm 1e-5)", () => {
    expect(ksDistance(draw(fillNormals), normalCdf) * Math.sqrt(count)).toBeLessThan(ksCritical);
  });

  it.each([1, 2, 4, 8, 1024])("has no correlation at lag %i, across lanes, pairs and passes", (lag) => {
    const z = draw(fillNormals);
    expect(Math.abs(lagZ(z, lag))).toBeLessThan(5);
    expect(
      Math.abs(
        lagZ(
          z.map((x) => x * x - 1),
          lag,
        ),
      ),
    ).toBeLessThan(5);
  });

  it("has the normal's tails: 265.7 of 2^22 beyond 4σ, 2.4 beyond 5σ (Poisson, false alarm 2e-5)", () => {
    let [beyond4, beyond5] = [0, 0];
    for (let b = 0; b < 4; b++)
      for (const z of draw(fillNormals, b)) {
        if (Math.abs(z) > 4) beyond4++;
        if (Math.abs(z) > 5) beyond5++;
      }
    expect(Math.abs(beyond4 - 265.7)).toBeLessThan(5 * Math.sqrt(265.7));
    expect(beyond5).toBeLessThan(12);
  });

  it("gives the same numbers in any order, and a shorter run begins a longer one", () => {
    const read = (b: number, n: number): Float32Array => {
      const out = new Float32Array(n);
      fillNormals(out, 7, 1, 2, b);
      return out;
    };
    const forwards = [0, 1, 2].map((b) => read(b, 3000));
    const backwards = [2, 1, 0].map((b) => read(b, 3000)).reverse();
    expect(backwards).toEqual(forwards);
    for (const n of [1, 7, 8, 1023, 1025]) expect(read(1, n)).toEqual(forwards[1]!.subarray(0, n));
  });

  it("has no correlation between neighbouring addresses", () => {
    const at = (seed: number, stream: number, a: number, b: number): Float32Array => {
      const out = new Float32Array(1 << 16);
      fillNormals(out, seed, stream, a, b);
      return out;
    };
    const here = at(1, 1, 1, 1);
    for (const there of [
      at(2, 1, 1, 1),
      at(1, 2, 1, 1),
      at(1, 1, 2, 1),
      at(1, 1, 1, 2),
      at(1 + 2 ** 32, 1, 1, 1),
    ]) {
      const z = here.reduce((sum, x, i) => sum + x * there[i]!, 0) / Math.sqrt(here.length);
      expect(Math.abs(z)).toBeLessThan(5);
    }
  });
});

describe("fillLaplaces", () => {
  it("has mean 0, variance 2 and kurtosis 6, and the Laplace distribution function", () => {
    const x = draw(fillLaplaces);
    const [mean, variance, , fourth] = rawMoments(x);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(variance - 2)).toBeLessThan(5 * Math.sqrt(20 / count));
    expect(Math.abs(fourth - 24)).toBeLessThan(5 * Math.sqrt((40320 - 576) / count));
    expect(ksDistance(x, laplaceCdf) * Math.sqrt(count)).toBeLessThan(ksCritical);
  });
});

describe("randomStream", () => {
  const many = (next: () => number): Float64Array => Float64Array.from({ length: 1 << 18 }, next);

  it("is uniform, normal and Laplace where it says so (Kolmogorov–Smirnov, false alarm 1e-5 each)", () => {
    const random = randomStream(1, 2, 3, 4);
    const root = Math.sqrt(1 << 18);
    expect(ksDistance(many(random.uniform), (x) => x) * root).toBeLessThan(ksCritical);
    expect(ksDistance(many(random.normal), normalCdf) * root).toBeLessThan(ksCritical);
    expect(ksDistance(many(random.laplace), laplaceCdf) * root).toBeLessThan(ksCritical);
  });

  it("replays from its address, and shares nothing with fillNormals at the same one", () => {
    const [once, again] = [randomStream(5, 6, 7, 8), randomStream(5, 6, 7, 8)];
    for (let i = 0; i < 1000; i++) expect(again.normal()).toBe(once.normal());
    const scalar = many(randomStream(5, 6, 7, 8).normal);
    const filled = new Float32Array(1 << 18);
    fillNormals(filled, 5, 6, 7, 8);
    const z = scalar.reduce((sum, x, i) => sum + x * filled[i]!, 0) / Math.sqrt(1 << 18);
    expect(Math.abs(z)).toBeLessThan(5);
  });
});
