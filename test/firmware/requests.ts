/** Requests that many tests of the firmware send. */
export const cell = { tile: 0, row: 3, col: 7 };
export const pulse = { ...cell, polarity: 0, amplitude: 1.5, width: 1e-6 };

/** Cells of the first row to one target. */
export const programming = (cells: number, target: number) => ({
  ...{ tile: 0, row: 0, col: 0, rows: 1, cols: cells, tolerance: 100, maxPulses: 200 },
  targets: Int16Array.from({ length: cells }, () => target),
});

/** One vector on four rows, sixteen columns. */
export const reading = (repeats: number) => ({
  ...{ tile: 0, row: 0, col: 0, rows: 4, cols: 16, range: 1, vectors: 1, repeats, firstSample: 0, zeros: 0 },
  inputs: Uint8Array.of(1, 2, 3, 4),
  chunks: [],
});
