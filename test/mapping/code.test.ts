import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { siemens } from "#protocol";
import { differentialPair, encodeWeight, gammas } from "../../src/mapping/code.ts";
import type { WeightCode } from "../../src/mapping/types.ts";

const window = { min: 2e-6, max: 20e-6 };
/** Lin et al. 2023: offset 7.2 µA at 0.2 V is 36 µS. */
const threeDevices: WeightCode = { signs: [1, 1, 1], offset: siemens(36e-6) };

function decode(code: WeightCode, targets: Float32Array): number {
  return code.signs.reduce((sum, sign, k) => sum + sign * targets[k]!, 0) - code.offset;
}

describe("weight codes", () => {
  it("puts a positive weight on G⁺ and leaves G⁻ at the window's lower end, and the other way round", () => {
    const targets = new Float32Array(4);
    encodeWeight(differentialPair, window, 9e-6, targets, 0);
    encodeWeight(differentialPair, window, -18e-6, targets, 2);
    [11e-6, 2e-6, 2e-6, 20e-6].forEach((g, k) => {
      expect(targets[k]).toBeCloseTo(g, 11);
    });
  });

  it.each([
    ["a differential pair", differentialPair],
    ["three devices and an offset", threeDevices],
  ] as const)("%s decodes to the weight that was encoded, inside the window", (_, code) => {
    fc.assert(
      fc.property(fc.double({ min: -17.9e-6, max: 17.9e-6, noNaN: true }), (wanted) => {
        const targets = new Float32Array(code.signs.length);
        expect(encodeWeight(code, window, wanted, targets, 0)).toBe(false);
        expect(decode(code, targets)).toBeCloseTo(wanted, 10);
        expect(Math.min(...targets)).toBeGreaterThanOrEqual(window.min * (1 - 1e-6));
        expect(Math.max(...targets)).toBeLessThanOrEqual(window.max * (1 + 1e-6));
      }),
    );
  });

  it("says that a weight beyond the window was cut", () => {
    const targets = new Float32Array(2);
    expect(encodeWeight(differentialPair, window, 18.1e-6, targets, 0)).toBe(true);
    expect(targets[0]).toBeCloseTo(20e-6, 11);
  });

  it("scales each output so that its largest weight fills the window: 18 µS over |µ| = 0.5 and 2", () => {
    const gamma = gammas(differentialPair, window, Float32Array.of(0.1, -0.5, 2, 0.3), 2);
    expect(gamma[0]).toBeCloseTo(36e-6, 11);
    expect(gamma[1]).toBeCloseTo(9e-6, 11);
  });

  it("gives an output without weights a finite scale, and an all-zero layer that of |µ| = 1", () => {
    expect(gammas(differentialPair, window, Float32Array.of(0, 0, 2, 0.3), 2)[0]).toBeCloseTo(9e-6, 11);
    expect(gammas(differentialPair, window, new Float32Array(4), 2)[0]).toBeCloseTo(18e-6, 11);
  });

  it("keeps the scale of an output of vanishing weights within 10⁶ times the layer's", () => {
    expect(gammas(differentialPair, window, Float32Array.of(1e-38, 0, 1, 0), 2)[0]).toBeCloseTo(18e-6, 11);
  });
});
