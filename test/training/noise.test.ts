import { describe, expect, it } from "vitest";
import { drawNoise } from "../../src/training/batches.ts";
import { activationsFor, variationalNet } from "../../src/training/net.ts";

describe("the noise of training", () => {
  it("is independent between layers, passes and seeds", () => {
    const drawn = [
      [1, 0],
      [1, 1],
      [2, 0],
    ].flatMap(([seed, pass]) => {
      const activations = activationsFor(variationalNet([4, 50, 50], 1), 100);
      drawNoise(activations, seed!, pass!);
      return activations.map(({ noise }) => noise);
    });
    // 5000 numbers: standard error 0.014; 15 correlations within ± 5 of it, false alarm 10⁻⁵.
    drawn.forEach((p, k) => {
      for (const q of drawn.slice(0, k))
        expect(Math.abs(p.reduce((sum, value, i) => sum + value * q[i]!, 0) / 5000)).toBeLessThan(0.07);
    });
  });
});
