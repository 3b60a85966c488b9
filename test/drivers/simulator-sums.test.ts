import { describe, expect, it } from "vitest";
import { simulatedCore } from "#drivers";
import { inSiemens } from "#protocol";
import { readOutRequest, whole } from "./simulated.ts";

describe.each([
  ["pcm-hermes", 9, 5, 40],
  ["hfox-tsinghua", 16, 130, 700],
  ["rram-taox-arc", 4, 3, 5],
  ["ideal", 4, 3, 5],
])("on-board moments of %s", (profile, rows, cols, repeats) => {
  it("are the sums of the codes that readOut gives, and of their squares, in any order of vectors", async () => {
    const core = await simulatedCore({ profile, seed: 4, rows, cols });
    const area = whole(rows, cols);
    const spread = Float64Array.from({ length: rows * cols }, (_, i) => (1 + ((i * 0.37) % 1) * 9) * 1e-6);
    core.preset(area, inSiemens(spread));
    const request = readOutRequest(area, { vectors: 3, repeats, firstSample: 50 });
    const { max } = core.descriptor.dac;
    const inputs = Int16Array.from({ length: 3 * rows }, (_, i) => Math.floor((max * ((i * 0.61) % 1)) / 2));
    const { codes, saturated } = core.readOut(request, inputs, 0, 3 * repeats);
    const read = core.sense().readOuts;
    let counted = 0;
    for (const vector of [2, 0, 1]) {
      const moments = core.readMoments(request, inputs, vector, 1);
      counted += moments.saturated;
      for (let j = 0; j < cols; j++) {
        let [sum, square] = [0, 0];
        for (let r = 0; r < repeats; r++) {
          const code = codes[(vector * repeats + r) * cols + j]!;
          sum += code;
          square += code * code;
        }
        expect([moments.sums[j], moments.squares[j]]).toEqual([sum, square]);
      }
    }
    expect(counted).toBe(saturated);
    expect(core.sense().readOuts - read).toBe(3 * repeats);
  });
});
