import type { CrossbarFactor } from "./factor.ts";

/** What conjugate gradients hold between sweeps; matrices are rows × cols like the factor's. */
export interface Iterate {
  /** Residual current into the word-line nodes, A. */
  readonly r: Float64Array;
  /** Preconditioned residual, V. */
  readonly z: Float64Array;
  /** Direction, V, and S · direction, A. */
  readonly p: Float64Array;
  readonly s: Float64Array;
  /** Current down the bit lines for voltages z; the descending sweep leaves S·z in its place. */
  readonly q: Float64Array;
  /** Voltages of the word-line nodes. */
  readonly u: Float64Array;
  /** Current of each column for voltages z. */
  readonly columns: Float64Array;
  readonly row: Float64Array;
}

/**
 * From the first row to the last: steps along the direction, preconditions the new residual by each word line's ladder and
 * sends the voltages' currents down the bit lines.
 *
 *   p ← z + β p,  s ← S z + β s,  u ← u + α p,  r ← r − α s,  z ← M⁻¹ r      gives r·z
 */
export function ascend(f: CrossbarFactor, v: Iterate, alpha: number, beta: number): number {
  const { rows, cols, wordShare, lines } = f;
  const { r, z, p, s, q, u } = v;
  const segment = lines.wordLine;
  let product = 0;
  for (let i = 0; i < rows; i++) {
    const first = i * cols;
    let current = 0;
    for (let at = first + cols - 1; at >= first; at--) {
      const direction = z[at]! + beta * p[at]!;
      const along = q[at]! + beta * s[at]!;
      const left = r[at]! - alpha * along;
      p[at] = direction;
      s[at] = along;
      u[at] = u[at]! + alpha * direction;
      r[at] = left;
      current = left + current;
      z[at] = current;
      current *= wordShare[at]!;
    }
    let voltage = lines.driver * z[first]!;
    for (let at = first; at < first + cols; at++) {
      voltage = wordShare[at]! * (voltage + segment * z[at]!);
      z[at] = voltage;
      product += r[at]! * voltage;
    }
    descendCurrents(f, v, i);
  }
  return product;
}

/** Currents of row `i` for voltages z join those from above: J_i = G_i z_i + c_{i−1} J_{i−1}. */
function descendCurrents(f: CrossbarFactor, v: Iterate, i: number): void {
  const { cols, conductances, bitShare } = f;
  const { z, q, columns } = v;
  if (i === 0) columns.fill(0);
  for (let j = 0, at = i * cols; j < cols; j++, at++) {
    const current = conductances[at]! * z[at]! + columns[j]!;
    q[at] = current;
    columns[j] = bitShare[at]! * current;
  }
}

/**
 * From the last row to the first: bit-line voltages w = B⁻¹ G z, and what the word-line nodes draw,
 *
 *   q ← x + G² X z − G w      w_i = c_i (w_{i+1} + r J_i)      gives z·q
 *
 * With x = M z, q is S z: the residual itself in conjugate gradients, so M is never multiplied and may hold r = 0.
 */
export function descend(f: CrossbarFactor, v: Iterate, x: Float64Array): number {
  const { rows, cols, conductances, self, bitShare, lines } = f;
  const { z, q, row } = v;
  row.fill(0);
  let product = 0;
  for (let i = rows - 1; i >= 0; i--) {
    const segment = i === rows - 1 ? lines.bitLine + lines.sense : lines.bitLine;
    for (let j = 0, at = i * cols; j < cols; j++, at++) {
      const voltage = bitShare[at]! * (row[j]! + segment * q[at]!);
      row[j] = voltage;
      const drawn = x[at]! + self[at]! * z[at]! - conductances[at]! * voltage;
      q[at] = drawn;
      product += drawn * z[at]!;
    }
  }
  return product;
}

/**
 * Puts conjugate gradients before their first step: after it (α = 1, β = 0) u is one preconditioned step on from `start`,
 * r its residual. One step is what makes a start usable where lines have no resistance: voltages alone do not tell the
 * current in them.
 */
export function launch(f: CrossbarFactor, v: Iterate, volts: Float64Array, start?: Float64Array): void {
  const { rows, cols, wordShare, lines } = f;
  const { z, s } = v;
  for (const array of [v.r, v.p, v.u, s]) array.fill(0);
  if (start !== undefined) {
    z.set(start);
    for (let i = 0; i < rows; i++) descendCurrents(f, v, i);
    descend(f, v, s);
    for (let at = 0; at < s.length; at++) s[at] = -v.q[at]!;
  }
  for (let i = 0; i < rows; i++) {
    const first = i * cols;
    let current = 0;
    for (let at = first + cols - 1; at >= first; at--) {
      current += s[at]!;
      z[at] = current;
      current *= wordShare[at]!;
    }
    let voltage = volts[i]! + lines.driver * z[first]!;
    for (let at = first; at < first + cols; at++) {
      voltage = wordShare[at]! * (voltage + lines.wordLine * z[at]!);
      z[at] = voltage;
    }
    descendCurrents(f, v, i);
  }
  descend(f, v, s);
}
