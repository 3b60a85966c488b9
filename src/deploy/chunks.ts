import type { Area, Descriptor } from "#protocol";
import type { Block, ConductanceMap, MappedLayer } from "../mapping/index.ts";

/** A rectangle of cells that is programmed in one request. */
export interface Chunk {
  readonly area: Area;
  /** Index in `map.layers`. */
  readonly layer: number;
  /** Place of each cell's target in the layer's targets, row by row. */
  readonly cells: Uint32Array;
}

/** Bytes of frame, CRC, list lengths and area around the cells of a `program`, generously. */
const overhead = 48;
/** A reply holds an outcome, a pulse count and a conductance for each cell, 5 bytes; one in 254 is COBS. */
const bytesPerCell = 5.04;

/** Cells whose program reply fits a frame of this board. */
export const cellsPerChunk = ({ maxFrame }: Descriptor): number =>
  Math.max(1, Math.floor((maxFrame - overhead) / bytesPerCell));

function placesOf(
  area: Area,
  { area: whole, input, output }: Block,
  { outputs, code }: MappedLayer,
): Uint32Array {
  const row = input + area.row - whole.row;
  const col = output * code.signs.length + area.col - whole.col;
  const width = outputs * code.signs.length;
  return Uint32Array.from(
    { length: area.rows * area.cols },
    (_, k) => (row + Math.floor(k / area.cols)) * width + col + (k % area.cols),
  );
}

/** A block in rectangles of at most `most` cells: bands of whole rows, or pieces of one row. */
function* pieces({ area }: Block, most: number): Generator<Area> {
  const cols = Math.min(area.cols, most);
  const rows = cols < area.cols ? 1 : Math.min(area.rows, Math.floor(most / cols));
  for (let row = 0; row < area.rows; row += rows) {
    for (let col = 0; col < area.cols; col += cols) {
      const size = { rows: Math.min(rows, area.rows - row), cols: Math.min(cols, area.cols - col) };
      yield { tile: area.tile, row: area.row + row, col: area.col + col, ...size };
    }
  }
}

/** All cells of a map in chunks, layer by layer, block by block: the same for the same map and chunk size. */
export function chunksOf(map: ConductanceMap, most: number): Chunk[] {
  return map.layers.flatMap((layer, k) =>
    layer.blocks.flatMap((block) =>
      [...pieces(block, most)].map(
        (area): Chunk => ({ area, layer: k, cells: placesOf(area, block, layer) }),
      ),
    ),
  );
}
