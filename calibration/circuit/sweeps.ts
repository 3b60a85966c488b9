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
  /** Current of each column for voltages z. */
  readonly columns: Float64Array;
  readonly row: Float64Array;
}

/**
 * From the first row to the last: steps along the direction, preconditions the new residual by each word line's ladder and
 * sends the voltages' currents down the bit lines.
 *
 *   p ← z + β p,  s ← S z + β s,  r ← r − α s,  z ← M⁻¹ r      gives r·z
 */
export function ascend(f: CrossbarFactor, v: Iterate, alpha: number, beta: number): number {
  const { rows, cols, wordShare } = f;
  const { r, z, p, s, q } = v;
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
      r[at] = left;
      current = left + current;
      z[at] = current;
      current *= wordShare[at]!;
    }
    product += conduct(f, v, i, 0);
  }
  return product;
}

/**
 * Voltages along word line `i`, whose driver stands at `source`, from the currents that `z` holds; their currents join
 * those down the bit lines, J_i = G_i z_i + c_{i−1} J_{i−1}. Gives this row's part of r·z.
 */
function conduct(f: CrossbarFactor, v: Iterate, i: number, source: number): number {
  const { cols, conductances, bitShare, wordShare, lines } = f;
  const { r, z, q, columns } = v;
  const segment = lines.wordLine;
  if (i === 0) columns.fill(0);
  let product = 0;
  let voltage = source + lines.driver * z[i * cols]!;
  for (let j = 0, at = i * cols; j < cols; j++, at++) {
    voltage = wordShare[at]! * (voltage + segment * z[at]!);
    z[at] = voltage;
    product += r[at]! * voltage;
    const current = conductances[at]! * voltage + columns[j]!;
    q[at] = current;
    columns[j] = bitShare[at]! * current;
  }
  return product;
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
 * Puts conjugate gradients before their first step: after it (α = 1, β = 0) p is one preconditioned step on from `start`,
 * r its residual. One step is what makes a start usable where lines have no resistance: voltages alone do not tell the
 * current in them.
 */
export function launch(f: CrossbarFactor, v: Iterate, volts: Float64Array, start?: Float64Array): void {
  const { rows, cols, wordShare } = f;
  const { z, s } = v;
  for (const array of [v.r, v.p, s]) array.fill(0);
  if (start !== undefined) {
    z.set(start);
    bitCurrents(f, z, v.q);
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
    conduct(f, v, i, volts[i]!);
  }
  descend(f, v, s);
}

/** Currents down the bit lines for word-line voltages `u`: J_i = G_i u_i + c_{i−1} J_{i−1}. */
export function bitCurrents(f: CrossbarFactor, u: Float64Array, out: Float64Array): void {
  const { cols, conductances, bitShare } = f;
  for (let at = 0; at < out.length; at++) {
    const above = at < cols ? 0 : bitShare[at - cols]! * out[at - cols]!;
    out[at] = conductances[at]! * u[at]! + above;
  }
}
