import { deviceVoltages, solveCrossbar } from "#calibration";
import type { Request } from "#protocol";
import type { AgedArea, AreaCircuit } from "./aged-area.ts";
import { type Burst, type BurstSettings, burst } from "./read-out.ts";
import { burstFrom } from "./sums.ts";

/** Of the currents; voltages across devices come out far closer. */
const tolerance = 1e-2;

/**
 * The area as one input sees it: cells that are driven at 1 and pass what theirs passes at the codes `x`.
 *
 *   mean_ij = x_i T_ij        σ'_ij = σ_ij · |∂I_j / ∂G_ij|,      ∂I_j / ∂G_ij = voltage_ij(x) · gain_ij
 *
 * To first order in σ, and without what noise of other columns' devices does to column j: its variance is smaller by the
 * square of a line's resistance over a device's.
 */
function asDriven(
  area: AgedArea,
  { factor, transfer, sigma, gains }: AreaCircuit,
  x: ArrayLike<number>,
): AgedArea {
  const { rows, cols } = area;
  const volts = Float64Array.from({ length: rows }, (_, i) => x[i]!);
  const { potentials } = solveCrossbar(factor, volts, { tolerance, keep: true });
  const across = deviceVoltages(factor, potentials!);
  const reaching = gains();
  const mean = transfer.map((t, at) => t * x[Math.floor(at / cols)]!);
  const spread = sigma.map((value, at) => value * Math.abs(across[at]! * reaching[at]!));
  const variance = spread.map((value) => value ** 2);
  return {
    ...area,
    mean,
    sigma: spread,
    variance,
    fourth: variance.map((value) => value ** 2),
    circuit: undefined,
  };
}

/**
 * A read-out of an area whose lines take their share: each input has its own solution of the circuit (0.1 ms for 32 × 32
 * cells, 2 ms for 128 × 128), and all its samples then cost what they cost on ideal lines.
 */
export function resistiveBurst(
  request: Request<"readOut">,
  settings: BurstSettings,
  circuit: AreaCircuit,
): Burst {
  const { rows, cols, repeats, firstSample } = request;
  const driven = new Int16Array(rows).fill(1);
  let held: { readonly vector: number; readonly burst: Burst } | undefined;
  const ofVector = (vector: number): Burst => {
    if (held?.vector === vector) return held.burst;
    const x = settings.inputs.subarray(vector * rows, (vector + 1) * rows);
    const one = { ...request, vectors: 1, firstSample: (firstSample + vector * repeats) % 2 ** 32 };
    const area = asDriven(settings.area, circuit, x);
    held = { vector, burst: burst(one, { ...settings, area, inputs: driven }) };
    return held.burst;
  };
  const take: Burst["take"] = (first, count) => {
    const codes = new Int16Array(count * cols);
    let saturated = 0;
    for (let done = 0; done < count; ) {
      const vector = Math.floor((first + done) / repeats);
      const repeat = (first + done) % repeats;
      const here = Math.min(count - done, repeats - repeat);
      const part = ofVector(vector).take(repeat, here);
      codes.set(part.codes, done * cols);
      saturated += part.saturated;
      done += here;
    }
    return { codes, saturated };
  };
  return burstFrom(take, request);
}
