import { inSiemens, type Quantities } from "#protocol";
import { type Crossbar, checkCircuit, type LineResistance, mostOf } from "./crossbar.ts";

/**
 * The lines of a crossbar eliminated, for one conductance matrix. All arrays are rows × cols, row-major.
 *
 * Each line is a ladder. Written with the share c of a node's current that goes on past the next segment, its LDLᵀ
 * needs no 1/r, so zero resistance is exact, and only adds numbers of one sign:
 *
 *   bit line, from the top:   Y_i = G_i + c_{i−1} Y_{i−1},  c_i = 1 / (1 + r_i Y_i)     r_i: the segment below node i
 *   word line, from the end:  Y_j = G'_j + c_{j+1} Y_{j+1},  c_j = 1 / (1 + r_j Y_j)    r_j: the segment before node j
 *
 * G' is the device in series with its bit line as seen from it, G' = G − G² X, X = (B⁻¹)_ii: the diagonal of the
 * Schur complement on the word lines, whose tridiagonal rows are the preconditioner.
 */
export interface CrossbarFactor extends Crossbar {
  readonly conductances: Quantities<"S">;
  /** G² X = G − G'. */
  readonly self: Float64Array;
  readonly bitShare: Float64Array;
  readonly wordShare: Float64Array;
  /** Conductance of each bit line seen from its sense end, word lines grounded. */
  readonly columnConductance: Quantities<"S">;
  /** Relative error of currents that the digits of a double leave: devices cancel against their lines as r · G grows. */
  readonly digits: number;
  /** Scratch of the solver, so that a solution allocates nothing of the array's size. */
  readonly scratch: Scratch;
}

type Scratch = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
const matrices = 9;
/** Of nine matrices read side by side, no two may start at the same place of a 4 KiB page: they would evict each other. */
const stagger = 384 / Float64Array.BYTES_PER_ELEMENT;

function empty(circuit: Crossbar): CrossbarFactor {
  const { rows, cols } = circuit;
  const size = rows * cols;
  const stride = 512 * Math.ceil(size / 512) + stagger;
  const block = new Float64Array(matrices * stride);
  let taken = 0;
  const matrix = (): Float64Array => {
    const first = stride * taken++;
    return block.subarray(first, first + size);
  };
  return {
    ...circuit,
    conductances: inSiemens(matrix()),
    self: matrix(),
    bitShare: matrix(),
    wordShare: matrix(),
    columnConductance: inSiemens(new Float64Array(cols)),
    digits: 0,
    scratch: [matrix(), matrix(), matrix(), matrix(), matrix()],
  };
}

/**
 * Factors a crossbar for `solveCrossbar`: two divisions a device, nothing of higher order.
 * `conductances` (rows × cols, row-major, siemens): 0 is an open device; any finite value holds, a stuck one too.
 * `reuse`: a factor of the same size that is no longer needed; its memory is taken over.
 * The circuit is that of badcrossbar (Joksas & Mehonic, SoftwareX 12, 100617, 2020).
 * Errors: CIRCUIT_INVALID.
 */
export function factorCrossbar(
  conductances: Float64Array | Float32Array,
  circuit: Crossbar,
  reuse?: CrossbarFactor,
): CrossbarFactor {
  checkCircuit(circuit, conductances.length);
  const { rows, cols, lines } = circuit;
  const fits = reuse?.rows === rows && reuse.cols === cols;
  const memory = fits ? reuse : empty({ rows, cols, lines });
  memory.conductances.set(conductances);
  const most = mostOf(memory.conductances, cols);
  const digits = Number.EPSILON * (1 + Math.max(lines.wordLine, lines.bitLine) * most);
  const factor = assembled(memory, lines, digits);
  eliminateBitLines(factor);
  eliminateWordLines(factor);
  return factor;
}

/** Field by field, because a spread gives every factor a hidden class of its own, and V8 compiles the sweeps anew for each. */
const assembled = (of: CrossbarFactor, lines: LineResistance, digits: number): CrossbarFactor => ({
  rows: of.rows,
  cols: of.cols,
  lines: { wordLine: lines.wordLine, bitLine: lines.bitLine, driver: lines.driver, sense: lines.sense },
  conductances: of.conductances,
  self: of.self,
  bitShare: of.bitShare,
  wordShare: of.wordShare,
  columnConductance: of.columnConductance,
  digits,
  scratch: of.scratch,
});

function eliminateBitLines(factor: CrossbarFactor): void {
  const { rows, cols, lines, conductances, self, bitShare, columnConductance: y } = factor;
  y.fill(0);
  for (let i = 0; i < rows; i++) {
    const r = i === rows - 1 ? lines.bitLine + lines.sense : lines.bitLine;
    for (let j = 0, at = i * cols; j < cols; j++, at++) {
      const seen = conductances[at]! + y[j]!;
      const share = 1 / (1 + r * seen);
      bitShare[at] = share;
      y[j] = share * seen;
    }
  }
  const x = new Float64Array(cols);
  for (let i = rows - 1; i >= 0; i--) {
    const r = i === rows - 1 ? lines.bitLine + lines.sense : lines.bitLine;
    for (let j = 0, at = i * cols; j < cols; j++, at++) {
      const share = bitShare[at]!;
      const g = conductances[at]!;
      x[j] = share * (r + share * x[j]!);
      self[at] = Math.min(g, g * g * x[j]!);
    }
  }
}

/** Four rows at once: each waits for its own divisions. */
const abreast = 4;

function eliminateWordLines(factor: CrossbarFactor): void {
  const { rows, cols, conductances, self, wordShare, lines } = factor;
  const y = new Float64Array(abreast);
  for (let i = 0; i < rows; i += abreast) {
    const height = Math.min(abreast, rows - i);
    y.fill(0);
    for (let j = cols - 1; j >= 0; j--) {
      const r = j === 0 ? lines.wordLine + lines.driver : lines.wordLine;
      for (let k = 0, at = i * cols + j; k < height; k++, at += cols) {
        const seen = conductances[at]! - self[at]! + y[k]!;
        const share = 1 / (1 + r * seen);
        wordShare[at] = share;
        y[k] = share * seen;
      }
    }
  }
}
