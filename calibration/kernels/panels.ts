/** `n` rounded up to a whole number of panels of 8 columns. */
export const padded = (n: number): number => (n + 7) & ~7;

/** A row-major matrix. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
}

type Place = (row: number, col: number, from: number) => void;

function eachCell({ rows, cols }: Matrix, place: Place): void {
  for (let row = 0, from = 0; row < rows; row++)
    for (let col = 0; col < cols; col++, from++) place(row, col, from);
}

/** Panels of 8 columns, in each row after row: what `gemm` multiplies by. */
export function floatPanels(matrix: Float32Array, shape: Matrix): Float32Array {
  const panels = new Float32Array(shape.rows * padded(shape.cols));
  eachCell(shape, (row, col, from) => {
    panels[(col & ~7) * shape.rows + 8 * row + (col & 7)] = matrix[from]!;
  });
  return panels;
}

/** As `floatPanels` with two successive rows side by side in each column, rows padded as columns are: for `gemm16`. */
export function codePanels(matrix: Float32Array, shape: Matrix): Int16Array {
  const rows = padded(shape.rows);
  const panels = new Int16Array(rows * padded(shape.cols));
  eachCell(shape, (row, col, from) => {
    panels[(col & ~7) * rows + 8 * (row & ~1) + 2 * (col & 7) + (row & 1)] = Math.round(matrix[from]!);
  });
  return panels;
}

/** Row by row of a panel 8 conductances, then their 8 standard deviations: for `deviceReads`. */
export function devicePanels(conductance: Float32Array, sigma: Float32Array, shape: Matrix): Float32Array {
  const panels = new Float32Array(2 * shape.rows * padded(shape.cols));
  eachCell(shape, (row, col, from) => {
    const at = 2 * (col & ~7) * shape.rows + 16 * row + (col & 7);
    panels[at] = conductance[from]!;
    panels[at + 8] = sigma[from]!;
  });
  return panels;
}
