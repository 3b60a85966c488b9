import { MhoError, type Ohms } from "#protocol";

/**
 * Resistance of the lines of a crossbar, each ≥ 0; 0 is the exact limit, not a small number.
 *
 *   V[i] ─ driver + wordLine ─ node(i,0) ─ wordLine ─ node(i,1) ─ … node(i,cols−1)
 *   device G[i,j] joins word node (i,j) and bit node (i,j)
 *   node(0,j) ─ bitLine ─ node(1,j) ─ … node(rows−1,j) ─ bitLine + sense ─ ground, where the current is taken
 */
export interface LineResistance {
  /** Of one word-line segment, from cell to cell and from the driver to the first cell. */
  readonly wordLine: Ohms;
  /** Of one bit-line segment, from cell to cell and from the last cell to the sense circuit. */
  readonly bitLine: Ohms;
  /** Of each row's driver, in series with the first segment. */
  readonly driver: Ohms;
  /** Of each column's sense circuit, in series with the last segment. */
  readonly sense: Ohms;
}

export interface Crossbar {
  readonly rows: number;
  readonly cols: number;
  readonly lines: LineResistance;
}

const invalid = (why: string): never => {
  throw new MhoError("CIRCUIT_INVALID", { why });
};

/** Refuses what is no crossbar, or has another number of devices. Errors: CIRCUIT_INVALID. */
export function checkCircuit({ rows, cols, lines }: Crossbar, devices: number): void {
  if (!(Number.isSafeInteger(rows) && Number.isSafeInteger(cols) && rows > 0 && cols > 0))
    invalid(`${rows} × ${cols} is no size of an array`);
  if (devices !== rows * cols) invalid(`there are ${devices} conductances for ${rows} × ${cols} devices`);
  for (const [name, ohms] of Object.entries(lines))
    if (!(ohms >= 0 && ohms < Number.POSITIVE_INFINITY)) invalid(`the ${name} resistance is ${ohms} Ω`);
}

/** The largest of the conductances. Refuses what no ohmic device has. Errors: CIRCUIT_INVALID. */
export function mostOf(conductances: Float64Array, cols: number): number {
  let most = 0;
  for (let at = 0; at < conductances.length; at++) {
    const g = conductances[at]!;
    if (!(g >= 0 && g < Number.POSITIVE_INFINITY))
      invalid(`the device in row ${Math.floor(at / cols)}, column ${at % cols} has ${g} S`);
    if (g > most) most = g;
  }
  return most;
}

/** The number of voltage vectors in `voltages`. Errors: CIRCUIT_INVALID. */
export function vectorsIn({ rows }: Crossbar, voltages: ArrayLike<number>): number {
  const vectors = voltages.length / rows;
  if (!Number.isSafeInteger(vectors))
    invalid(`${voltages.length} voltages do not fill vectors of ${rows} rows`);
  for (let at = 0; at < voltages.length; at++)
    if (!Number.isFinite(voltages[at]))
      invalid(`row ${at % rows} of vector ${Math.floor(at / rows)} is driven to ${voltages[at]} V`);
  return vectors;
}
