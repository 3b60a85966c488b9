import type { Kelvin, Seconds } from "#protocol";

/** A proportional-integral loop: power = gain · (error + ∫ error dt / integralTime), in 0 … most. */
export interface HeaterLoop {
  /** Share of full power for each kelvin. */
  readonly gain: number;
  readonly integralTime: Seconds;
  /** Most power, 0 … 1. */
  readonly most: number;
}

export interface HeaterState {
  /** What the integral adds to the power. */
  readonly integral: number;
  readonly power: number;
}

export const heaterOff: HeaterState = { integral: 0, power: 0 };

/**
 * One step of the loop, `span` after the one before. The integral stands still while the power is at a limit that the error
 * pushes against (Åström & Hägglund, PID Controllers, 1995, §3.5: conditional integration), so it does not wind up.
 */
export function heated(
  { integral }: HeaterState,
  { wanted, measured, span }: { readonly wanted: Kelvin; readonly measured: Kelvin; readonly span: Seconds },
  { gain, integralTime, most }: HeaterLoop,
): HeaterState {
  const error = wanted - measured;
  const grown = integral + (gain * error * span) / integralTime;
  const asked = gain * error + grown;
  const power = Math.min(most, Math.max(0, asked));
  const winding = (asked > most && error > 0) || (asked < 0 && error < 0);
  return { integral: winding ? integral : grown, power };
}
