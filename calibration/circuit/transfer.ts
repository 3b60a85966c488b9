import { inSiemens, inVolts, type Quantities } from "#protocol";
import { type CrossbarFactor, factorCrossbar } from "./factor.ts";
import { type SolveOptions, solveCrossbar } from "./solve.ts";
import { bitCurrents } from "./sweeps.ts";

const unitVectors = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));

/**
 * The same circuit driven at the sense ends of its bit lines, the last first, and sensed at the drivers of its word
 * lines: device (i,j) comes to row cols − 1 − j, column rows − 1 − i. What it transfers back is what this one transfers.
 */
function turnedOver({ rows, cols, lines, conductances }: CrossbarFactor): CrossbarFactor {
  const turned = new Float64Array(rows * cols);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < cols; j++, at++) turned[(cols - j) * rows - 1 - i] = conductances[at]!;
  const { wordLine, bitLine, driver, sense } = lines;
  return factorCrossbar(turned, {
    rows: cols,
    cols: rows,
    lines: { wordLine: bitLine, bitLine: wordLine, driver: sense, sense: driver },
  });
}

/**
 * Effective conductances: column currents are I_j = Σ_i V_i T_ij as if the lines were ideal (rows × cols, siemens).
 * One solution a row, or by reciprocity one a column where there are fewer: worth it for more voltage vectors than that
 * on one conductance matrix. `tolerance` is of the largest of each row or column.
 */
export function transferMatrix(
  factor: CrossbarFactor,
  options: Pick<SolveOptions, "tolerance"> = {},
): Quantities<"S"> {
  const { rows, cols } = factor;
  if (rows <= cols) return inSiemens(solveCrossbar(factor, unitVectors(rows), options).currents);
  const back = solveCrossbar(turnedOver(factor), unitVectors(cols), options).currents;
  const effective = inSiemens(new Float64Array(rows * cols));
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < cols; j++, at++) effective[at] = back[(cols - j) * rows - 1 - i]!;
  return effective;
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
  const { rows, cols } = factor;
  const turned = turnedOver(factor);
  const gains = new Float64Array(rows * cols);
  const drive = new Float64Array(cols);
  for (let j = 0; j < cols; j++) {
    const line = cols - 1 - j;
    drive.fill(0)[line] = 1;
    const { potentials } = solveCrossbar(turned, drive, { ...options, keep: true });
    const voltages = deviceVoltages(turned, potentials!);
    for (let i = 0; i < rows; i++) gains[i * cols + j] = voltages[(line + 1) * rows - 1 - i]!;
  }
  return gains;
}
