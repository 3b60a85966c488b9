import { type Seconds, type Siemens, seconds, siemens } from "#protocol";
import type { DeviceModel } from "./device-model.ts";

/**
 * Mean and standard deviation, over devices, of the conductance at `age` of cells programmed for `target`: programming
 * error, relaxation, drift and the part of 1/f noise that later reads share. Read noise that is new in each read is not
 * in it.
 *
 *   mean = (G + shift_prog) (t/t₀)^−ν̄ + shift_relax(t)
 *   σ² = (k σ_prog)² + σ_relax² + (mean · σ_ν ln(t/t₀))² + σ_lasting²        k = (t/t₀)^−ν̄
 *
 * First order in the errors; what is clipped at 0 S is not taken into account.
 */
export function outlook(
  device: DeviceModel,
  target: Siemens,
  age: Seconds,
): { readonly mean: Siemens; readonly sigma: Siemens } {
  const start = siemens(Math.max(0, target + device.programmingShift(target)));
  const { mean: nu, std } = device.driftExponent(start);
  const drifted = device.drift(start, nu, age);
  const kept = start > 0 ? drifted / start : 1;
  const relaxed = device.relaxation?.step(start, { from: seconds(0), to: age }) ?? { shift: 0, sigma: 0 };
  const efolds = age > device.driftStart && device.driftStart > 0 ? Math.log(age / device.driftStart) : 0;
  const sigma = Math.hypot(
    kept * device.programmingSigma(target),
    relaxed.sigma,
    drifted * std * efolds,
    device.persistentSigma(drifted, age, start),
  );
  return { mean: siemens(drifted + relaxed.shift), sigma: siemens(sigma) };
}
