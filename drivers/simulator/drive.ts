import { type BoardProfile, cubicCurrent } from "#calibration";
import { siemens, volts } from "#protocol";

/**
 * DAC codes as they act through cells whose current is not in proportion to the voltage: for each input the code that
 * would give its current through an ohmic cell. Conductances are stated at full scale V₀, so with I = G f(V)
 *
 *   code' = code₀ · f(V) / f(V₀)
 *
 * Ohmic cells give the codes themselves. With resistance of the lines the currents are then taken to divide as those of
 * ohmic cells do.
 */
export function driveOf(
  inputs: Int16Array,
  { nonlinearity }: BoardProfile,
  dac: { readonly max: number; readonly lsb: number },
): Int16Array | Float32Array {
  if (nonlinearity === undefined) return inputs;
  const current = (code: number): number => cubicCurrent(siemens(1), volts(code * dac.lsb));
  const scale = dac.max / current(dac.max);
  return Float32Array.from(inputs, (code) => scale * current(code));
}
