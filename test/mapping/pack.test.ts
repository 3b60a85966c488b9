import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pack, packOnto, type Wanted } from "../../src/mapping/pack.ts";

const layer = fc.record({
  name: fc.constantFrom("a", "b", "c"),
  inputs: fc.integer({ min: 1, max: 90 }),
  outputs: fc.integer({ min: 1, max: 50 }),
  devices: fc.integer({ min: 1, max: 3 }),
});
const tile = fc.record({
  rows: fc.integer({ min: 3, max: 40 }),
  cols: fc.integer({ min: 3, max: 40 }),
  tiles: fc.constant(1),
});
const layers = fc.array(layer, { minLength: 1, maxLength: 5 });

describe("packing layers on tiles", () => {
  it("puts every weight of every layer into exactly one block", () => {
    fc.assert(
      fc.property(layers, tile, (wanted, array) => {
        const { blocks } = pack(wanted, array);
        wanted.forEach(({ inputs, outputs, devices }, k) => {
          const seen = new Uint8Array(inputs * outputs);
          for (const { area, input, output } of blocks[k]!) {
            expect(area.cols % devices).toBe(0);
            for (let i = input; i < input + area.rows; i++) {
              for (let j = output; j < output + area.cols / devices; j++) seen[i * outputs + j]!++;
            }
          }
          expect(seen.every((count) => count === 1)).toBe(true);
        });
      }),
    );
  });

  it("keeps every block inside its tile and lays no cell under two blocks", () => {
    fc.assert(
      fc.property(layers, tile, (wanted, array) => {
        const { blocks, tiles } = pack(wanted, array);
        const cells = new Uint8Array(tiles * array.rows * array.cols);
        for (const { area } of blocks.flat()) {
          expect(area.row + area.rows).toBeLessThanOrEqual(array.rows);
          expect(area.col + area.cols).toBeLessThanOrEqual(array.cols);
          for (let r = area.row; r < area.row + area.rows; r++) {
            for (let c = area.col; c < area.col + area.cols; c++)
              cells[(area.tile * array.rows + r) * array.cols + c]!++;
          }
        }
        expect(Math.max(...cells)).toBe(1);
      }),
    );
  });

  const three: Wanted[] = [
    { name: "fc1", inputs: 64, outputs: 32, devices: 2 },
    { name: "fc2", inputs: 64, outputs: 64, devices: 2 },
    { name: "fc3", inputs: 8, outputs: 4, devices: 2 },
  ];

  it("splits a 64 × 64 layer of pairs on 64 × 64 tiles into two full tiles", () => {
    expect(pack([three[1]!], { tiles: 2, rows: 64, cols: 64 }).tiles).toBe(2);
  });

  it("says how many tiles a model wants that is too big, and which layers would fit", () => {
    const text = "the model wants 4 tiles of 64×64; the board has 2, which hold layers fc1, fc3";
    expect(() => packOnto(three, { tiles: 2, rows: 64, cols: 64 })).toThrow(text);
    try {
      packOnto(three, { tiles: 2, rows: 64, cols: 64 });
    } catch (error) {
      expect(error).toMatchObject({ code: "BOARD_TOO_SMALL", mend: expect.stringContaining("sim:?tiles=4") });
    }
  });

  it("refuses a weight with more devices than a tile has columns", () => {
    expect(() =>
      pack([{ name: "fc1", inputs: 1, outputs: 1, devices: 3 }], { tiles: 1, rows: 2, cols: 2 }),
    ).toThrow("fc1 takes 3 cells a weight");
  });
});
