import type { Descriptor } from "#protocol";
import type { ConductanceMap } from "../../mapping/index.ts";
import type { Pixels } from "../picture/index.ts";

/** What cells of a tile read after programming, as a picture: 0 is the lowest conductance of the board, 1 the highest. */
export interface TilePicture {
  readonly tile: number;
  readonly row: number;
  readonly col: number;
  readonly pixels: Pixels;
}

/**
 * A cut of at most width × height cells from the middle of the map's first layer, one cell a pixel. `conductances` are those
 * read back, layer by layer in the order of the targets.
 */
export function tilePicture(
  { layers }: ConductanceMap,
  conductances: readonly Float32Array[],
  { conductance: { min, max } }: Descriptor,
  size: { width: number; height: number },
): TilePicture {
  const [layer, read] = [layers[0]!, conductances[0]!];
  const block = layer.blocks[layer.blocks.length >> 1]!;
  const devices = layer.code.signs.length;
  const { tile, rows, cols, row, col } = block.area;
  const [width, height] = [Math.min(size.width, cols), Math.min(size.height, rows)];
  const top = (rows - height) >> 1;
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const [y, x] = [top + Math.floor(i / width), i % width];
    const cell = (block.input + y) * layer.outputs * devices + block.output * devices + x;
    return ((read[cell] as number) - min) / (max - min);
  });
  return { tile, row: row + top, col, pixels: { width, height, values } };
}
