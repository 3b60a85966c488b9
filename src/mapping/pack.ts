import { MhoError } from "#protocol";
import type { Block } from "./types.ts";

/** What a layer wants of a board: `inputs` rows, `outputs` × `devices` columns. */
export interface Wanted {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Cells a weight. */
  readonly devices: number;
}
export interface Array2d {
  readonly tiles: number;
  readonly rows: number;
  readonly cols: number;
}

interface Piece {
  readonly owner: number;
  readonly input: number;
  readonly output: number;
  readonly rows: number;
  readonly cols: number;
}
interface Shelf {
  readonly tile: number;
  readonly row: number;
  readonly height: number;
  used: number;
}

/** `length` in parts of `most` and a rest, which shares a tile with other rests: [start, size] of each. */
function parts(length: number, most: number): [start: number, size: number][] {
  return Array.from({ length: Math.ceil(length / most) }, (_, k) => [
    k * most,
    Math.min(most, length - k * most),
  ]);
}

function piecesOf(wanted: readonly Wanted[], { rows, cols }: Array2d): Piece[] {
  return wanted.flatMap(({ name, inputs, outputs, devices }, owner) => {
    if (devices > cols)
      throw new MhoError("MAP_INVALID", {
        why: `${name} takes ${devices} cells a weight, a tile has ${cols} columns`,
      });
    return parts(inputs, rows).flatMap(([input, height]) =>
      parts(outputs, Math.floor(cols / devices)).map(([output, width]) => ({
        owner,
        input,
        output,
        rows: height,
        cols: width * devices,
      })),
    );
  });
}

/** First shelf that is high and free enough, else a new one on the last tile, else a new tile. */
function shelfFor(piece: Piece, shelves: Shelf[], { rows, cols }: Array2d): Shelf {
  const open = shelves.find((shelf) => shelf.height >= piece.rows && cols - shelf.used >= piece.cols);
  if (open !== undefined) return open;
  const last = shelves.at(-1);
  const below = last === undefined ? 0 : last.row + last.height;
  const fits = last !== undefined && rows - below >= piece.rows;
  const shelf = {
    tile: fits ? last.tile : last === undefined ? 0 : last.tile + 1,
    row: fits ? below : 0,
    height: piece.rows,
    used: 0,
  };
  shelves.push(shelf);
  return shelf;
}

/**
 * Blocks of each layer on as many tiles as it takes, by first fit on shelves of decreasing height (next-fit for new
 * shelves): rows split at the tile's rows, outputs at its columns, never a weight's devices.
 */
export function pack(
  wanted: readonly Wanted[],
  array: Array2d,
): { readonly blocks: readonly Block[][]; readonly tiles: number } {
  const blocks: Block[][] = wanted.map(() => []);
  const shelves: Shelf[] = [];
  const pieces = piecesOf(wanted, array).sort(
    (a, b) => b.rows - a.rows || a.owner - b.owner || a.input - b.input || a.output - b.output,
  );
  for (const piece of pieces) {
    const shelf = shelfFor(piece, shelves, array);
    const area = { tile: shelf.tile, row: shelf.row, col: shelf.used, rows: piece.rows, cols: piece.cols };
    shelf.used += piece.cols;
    blocks[piece.owner]!.push({ area, input: piece.input, output: piece.output });
  }
  for (const own of blocks) own.sort((a, b) => a.input - b.input || a.output - b.output);
  return { blocks, tiles: shelves.reduce((count, shelf) => Math.max(count, shelf.tile + 1), 0) };
}

/** `pack` on the tiles that there are. Errors: BOARD_TOO_SMALL, with the tiles wanted and the layers that would fit. */
export function packOnto(wanted: readonly Wanted[], array: Array2d): readonly Block[][] {
  const packed = pack(wanted, array);
  if (packed.tiles <= array.tiles) return packed.blocks;
  const fitting: Wanted[] = [];
  for (const layer of wanted) if (pack([...fitting, layer], array).tiles <= array.tiles) fitting.push(layer);
  const { tiles, rows, cols } = array;
  const fits = fitting.map((layer) => layer.name).join(", ") || "none";
  throw new MhoError("BOARD_TOO_SMALL", { wanted: packed.tiles, rows, cols, tiles, fits });
}
