import type { BoardProfile, RandomStream } from "#calibration";

export type Polarity = "set" | "reset";

/** A cell whose wear is not modelled can be driven this far beyond the window's upper edge, and down to 0 S. */
const headroom = 1.2;
const unworn = ({ conductance }: BoardProfile): Reach => ({ min: 0, max: headroom * conductance.max.value });

/** Conductances, in siemens, beyond which no pulse takes a cell. One that is beyond already stays until it is pulsed back. */
export interface Reach {
  readonly min: number;
  readonly max: number;
}

/**
 * Change of conductance that one pulse makes.
 *
 *   ΔG = ± step · (Gmax − Gmin) · (A − A_th) / (A_max − A_th) · (w / w₀) · (1 + spread · N(0,1))      0 for A ≤ A_th
 *
 * `step` is the share of the window that a pulse of full amplitude and nominal width crosses. A linear switch with
 * cycle-to-cycle spread: enough to make program-verify overshoot, go back and need several pulses; not fitted to
 * transients. Assumed, no source.
 */
export function pulsed(
  g: number,
  pulse: { polarity: Polarity; amplitude: number; width: number },
  {
    profile,
    reach = unworn(profile),
  }: { readonly profile: BoardProfile; readonly reach?: Reach | undefined },
  chance: RandomStream,
): number {
  const { conductance, pulses } = profile;
  const threshold = pulses.threshold.value;
  const drive = Math.max(0, pulse.amplitude - threshold) / (pulses.amplitude.value - threshold);
  const window = conductance.max.value - conductance.min.value;
  const mean = pulses.step.value * window * drive * (pulse.width / pulses.width.value);
  const change = mean * (1 + pulses.spread.value * chance.normal());
  const moved = pulse.polarity === "set" ? g + change : g - change;
  return Math.min(Math.max(g, reach.max), Math.max(Math.min(g, reach.min), moved));
}

/**
 * Amplitude at nominal width whose mean change is `error` in size, rounded to the generator's step, at least one step
 * above the threshold and at most the full amplitude.
 */
export function amplitudeFor(error: number, { conductance, pulses }: BoardProfile): number {
  const [threshold, full, step] = [
    pulses.threshold.value,
    pulses.amplitude.value,
    pulses.amplitudeStep.value,
  ];
  const window = conductance.max.value - conductance.min.value;
  const wanted = (Math.abs(error) / (pulses.step.value * window)) * (full - threshold);
  const rounded = step > 0 ? Math.max(1, Math.round(wanted / step)) * step : wanted;
  return threshold + Math.min(full - threshold, rounded);
}
