import { activatedConductance, type BoardProfile, conductanceAt } from "#calibration";
import { kelvin, MhoError, siemens } from "#protocol";

/**
 * Conductance of every device at `temperature` (K) over that at 300 K, for which conductances are stated; 1 where the
 * profile has no law. Noise is a share of the conductance and goes with it. Throws OUT_OF_MODEL outside the temperatures
 * where the profile's law was measured.
 */
export function warmthOf({ name, thermal }: BoardProfile, temperature: number): number {
  if (thermal === undefined) return 1;
  const [coldest, hottest] = [thermal.coldest.value, thermal.hottest.value];
  if (temperature < coldest || temperature > hottest)
    throw new MhoError("OUT_OF_MODEL", {
      what: `temperature of ${name}`,
      value: temperature,
      range: `${coldest} … ${hottest} K`,
    });
  const at = kelvin(temperature);
  return thermal.law === "linear"
    ? conductanceAt(siemens(1), at, { coefficient: thermal.coefficient.value })
    : activatedConductance(siemens(1), at, thermal.activationEnergy.value);
}
