import { inSiemens, inVolts, type Quantities } from "#protocol";
import { type CrossbarFactor, factorCrossbar } from "./factor.ts";
import { type SolveOptions, solveCrossbar } from "./solve.ts";
import { bitCurrents } from "./sweeps.ts";

/**
 * Effective conductances: column currents are I_j = Σ_i V_i T_ij as if the lines were ideal (rows × cols, siemens).
 * One solution a row, so worth it only for more voltage vectors than there are rows on one conductance matrix.
 */
export function transferMatrix(
  factor: CrossbarFactor,
  options: Pick<SolveOptions, "tolerance"> = {},
): Quantities<"S"> {
  const { rows } = factor;
  const unit = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) unit[i * rows + i] = 1;
  return inSiemens(solveCrossbar(factor, unit, options).currents);
}

/**
 * Voltage across each device, word line minus bit line (rows × cols), from the word-line voltages of one solution:
 * u − B⁻¹ G u.
 */
export function deviceVoltages(factor: CrossbarFactor, potentials: Float64Array): Quantities<"V"> {
  const { rows, cols, bitShare, lines } = factor;
  const across = new Float64Array(rows * cols);
  const line = new Float64Array(cols);
  bitCurrents(factor, potentials, across);
  for (let i = rows - 1; i >= 0; i--) {
    const r = i === rows - 1 ? lines.bitLine + lines.sense : lines.bitLine;
    for (let j = 0, at = i * cols; j < cols; j++, at++) {
      line[j] = bitShare[at]! * (line[j]! + r * across[at]!);
      across[at] = potentials[at]! - line[j]!;
    }
  }
  return inVolts(across);
}

/**
 * Share of a current through device (i,j) that reaches the sense end of column j (rows × cols, 0 … 1; 1 on ideal lines).
 *
 *   ∂I_j / ∂G_ij = (voltage across the device) · gain_ij
 *
 * so that small independent read noise σ_ij gives Var I_j = Σ_i (σ_ij · voltage_ij · gain_ij)², to first order in σ and
 * without what other columns' devices take from column j. By reciprocity the gain is the voltage across the device when 1 V
 * drives the sense end of column j: the turned-over crossbar, one solution a column.
 */
export function columnGains(
  factor: CrossbarFactor,
  options: Pick<SolveOptions, "tolerance"> = {},
): Float64Array {
  const { rows, cols, lines, conductances } = factor;
  const turned = new Float64Array(rows * cols);
  // Bit lines become word lines, driven from the last row; word lines end where the first column was.
  const place = (i: number, j: number): number => j * rows + i;
  const flip = (i: number): number => rows - 1 - i;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) turned[place(flip(i), cols - 1 - j)] = conductances[i * cols + j]!;
  const across = factorCrossbar(turned, {
    rows: cols,
    cols: rows,
    lines: { wordLine: lines.bitLine, bitLine: lines.wordLine, driver: lines.sense, sense: lines.driver },
  });
  const gains = new Float64Array(rows * cols);
  const drive = new Float64Array(cols);
  for (let j = 0; j < cols; j++) {
    const line = cols - 1 - j;
    drive.fill(0)[line] = 1;
    const { potentials } = solveCrossbar(across, drive, { ...options, keep: true });
    const voltages = deviceVoltages(across, potentials!);
    for (let i = 0; i < rows; i++) gains[i * cols + j] = voltages[place(flip(i), line)]!;
  }
  return gains;
}
