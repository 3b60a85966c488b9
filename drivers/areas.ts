import type { Area } from "#protocol";

/** Cuts an area into rectangles of at most `cells` cells: bands of whole rows where one fits, else pieces of a row. */
export function pieces(area: Area, cells: number): Area[] {
  const cols = Math.min(area.cols, cells);
  const rows = cols < area.cols ? 1 : Math.min(area.rows, Math.floor(cells / area.cols));
  const cut: Area[] = [];
  for (let row = 0; row < area.rows; row += rows)
    for (let col = 0; col < area.cols; col += cols)
      cut.push({
        tile: area.tile,
        row: area.row + row,
        col: area.col + col,
        rows: Math.min(rows, area.rows - row),
        cols: Math.min(cols, area.cols - col),
      });
  return cut;
}

/** Position, in the row-by-row order of `area`, of each cell of `piece`, in that piece's own order. */
export function* positions(area: Area, piece: Area): Generator<number> {
  for (let r = 0; r < piece.rows; r++)
    for (let c = 0; c < piece.cols; c++)
      yield (piece.row - area.row + r) * area.cols + piece.col - area.col + c;
}
