import type { Descriptor } from "#protocol";
import { accumulatingBurst } from "./accumulate.ts";
import type { Devices } from "./devices.ts";
import { driveOf } from "./drive.ts";
import { type Begin, planeByPlane, withDriverNoise } from "./feeding.ts";
import { resistiveBurst } from "./line-noise.ts";
import { burst } from "./read-out.ts";

/** How read-outs of a board go from DAC codes to ADC codes, by what its profile says of drivers, feeding and columns. */
export function beginOf({ profile, seed }: Devices, descriptor: Descriptor): Begin {
  const drive = driveOf(profile, descriptor, seed);
  const { accumulator, dac } = profile;
  const gathering = accumulator && { limit: accumulator.limit.value, kept: accumulator.kept.value };
  let begin: Begin = (request, driven, settings) => {
    const acting = { ...settings, inputs: drive(request, driven) };
    if (gathering) return accumulatingBurst(request, acting, gathering);
    return settings.area.circuit
      ? resistiveBurst(request, acting, settings.area.circuit)
      : burst(request, acting);
  };
  const noise = dac.errors?.noise.value ?? 0;
  if (noise > 0) begin = withDriverNoise(begin, noise);
  if (dac.feeding?.value === "bit-serial") begin = planeByPlane(begin, descriptor.dac);
  return begin;
}
