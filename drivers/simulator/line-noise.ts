import { deviceVoltages, solveCrossbar } from "#calibration";
import type { Request } from "#protocol";
import type { AgedArea, AreaCircuit } from "./aged-area.ts";
import { momentDevices } from "./moments.ts";
import { type Burst, type BurstSettings, burst } from "./read-out.ts";
import { burstFrom } from "./sums.ts";

/** Of the currents; voltages across devices come out far closer. */
const tolerance = 1e-2;
/** Inputs whose columns' moments are held together. */
const together = 32;

/**
 * What each cell's noise makes of its column's current at the codes `x`, per unit of code: σ_ij · |∂I_j / ∂G_ij| with
 * ∂I_j / ∂G_ij = voltage_ij(x) · gain_ij. To first order in σ, and without what noise of other columns' devices does to
 * column j: less than the square of a line's resistance over a device's.
 */
function spreads({ factor, sigma, gains }: AreaCircuit, x: ArrayLike<number>): Float64Array {
  const volts = Float64Array.from({ length: factor.rows }, (_, i) => x[i]!);
  const { potentials } = solveCrossbar(factor, volts, { tolerance, keep: true });
  const across: Float64Array = deviceVoltages(factor, potentials!);
  const reaching = gains();
  for (let at = 0; at < across.length; at++) across[at] = sigma[at]! * Math.abs(across[at]! * reaching[at]!);
  return across;
}

/** The area as one input sees it: cells that are driven at 1 and pass what theirs passes at the codes `x`. */
function asDriven(area: AgedArea, circuit: AreaCircuit, x: ArrayLike<number>): AgedArea {
  const { cols } = area;
  const mean = circuit.transfer.map((t, at) => t * x[Math.floor(at / cols)]!);
  const sigma = Float32Array.from(spreads(circuit, x));
  const variance = sigma.map((value) => value ** 2);
  return { ...area, mean, sigma, variance, fourth: variance.map((value) => value ** 2), circuit: undefined };
}

/** Some inputs' columns: cells that stand for whole columns, one row an input, and which inputs that is too coarse for. */
interface Block {
  readonly area: AgedArea;
  readonly single: Uint8Array;
}

/** Mean, Σσ² and Σσ⁴ of every column for each of these inputs (vectors × rows). */
function columnsOf(area: AgedArea, circuit: AreaCircuit, inputs: ArrayLike<number>[]): Block {
  const { rows, cols } = area;
  const single = new Uint8Array(inputs.length);
  const [mean, variance, fourth] = [1, 2, 3].map(() => new Float32Array(inputs.length * cols));
  inputs.forEach((x, v) => {
    const sigma = spreads(circuit, x);
    for (let i = 0, at = 0; i < rows; i++)
      for (let j = 0, to = v * cols; j < cols; j++, at++, to++) {
        const square = sigma[at]! ** 2;
        mean![to]! += x[i]! * circuit.transfer[at]!;
        variance![to]! += square;
        fourth![to]! += square * square;
      }
    for (let to = v * cols; to < (v + 1) * cols; to++)
      if (variance![to]! ** 2 < momentDevices * fourth![to]!) single[v] = 1;
  });
  const held = {
    rows: inputs.length,
    cols,
    validUntil: area.validUntil,
    clipped: undefined,
    circuit: undefined,
  };
  const sums = { mean: mean!, sigma: variance!.map(Math.sqrt), variance: variance!, fourth: fourth! };
  return { area: { ...held, ...sums }, single };
}

/**
 * A read-out of an area whose lines take their share: each input has its own solution of the circuit (0.1 ms for 32 × 32
 * cells, 1 ms for 128 × 128), and its samples then cost what they cost on ideal lines. Which engine draws an input is
 * decided as on ideal lines.
 */
export function resistiveBurst(
  request: Request<"readOut">,
  settings: BurstSettings,
  circuit: AreaCircuit,
): Burst {
  const { rows, cols, vectors, repeats, firstSample } = request;
  const { area, engine, law, inputs } = settings;
  const codesOf = (vector: number) => inputs.subarray(vector * rows, (vector + 1) * rows);
  const from = (vector: number): number => (firstSample + vector * repeats) % 2 ** 32;

  const ofVector = lastHeld((vector) => {
    const one = { ...request, vectors: 1, firstSample: from(vector) };
    const driven = asDriven(area, circuit, codesOf(vector));
    return burst(one, {
      ...settings,
      area: driven,
      inputs: new Float32Array(rows).fill(1),
      engine: "per-device",
    });
  });
  const ofBlock = lastHeld((start) => {
    const count = Math.min(together, vectors - start);
    const each = Array.from({ length: count }, (_, v) => codesOf(start + v));
    const columns = columnsOf(area, circuit, each);
    const eye = new Float32Array(count * count);
    for (let v = 0; v < count; v++) eye[v * (count + 1)] = 1;
    const all = { ...request, rows: count, vectors: count, firstSample: from(start) };
    return {
      ...columns,
      burst: burst(all, { ...settings, area: columns.area, inputs: eye, engine: "moment" }),
    };
  });

  /** The samples from `sample` on that are drawn in one way, at most `most`. */
  const run = (sample: number, most: number) => {
    const vector = Math.floor(sample / repeats);
    const single = (at: number): boolean =>
      engine === "per-device" ||
      (engine === "auto" &&
        law === "laplace" &&
        ofBlock(vector - (vector % together)).single[at % together] === 1);
    if (single(vector)) {
      const repeat = sample % repeats;
      return ofVector(vector).take(repeat, Math.min(most, repeats - repeat));
    }
    const start = vector - (vector % together);
    let end = vector + 1;
    while (end < Math.min(start + together, vectors) && !single(end)) end++;
    return ofBlock(start).burst.take(sample - start * repeats, Math.min(most, end * repeats - sample));
  };
  const take: Burst["take"] = (first, count) => {
    const codes = new Int16Array(count * cols);
    let saturated = 0;
    for (let done = 0; done < count; ) {
      const part = run(first + done, count - done);
      codes.set(part.codes, done * cols);
      saturated += part.saturated;
      done += part.codes.length / cols;
    }
    return { codes, saturated };
  };
  return burstFrom(take, request);
}

/** The last of what `make` made, by its number. */
function lastHeld<T>(make: (number: number) => T): (number: number) => T {
  let held: { readonly number: number; readonly made: T } | undefined;
  return (number) => {
    if (held?.number !== number) held = { number, made: make(number) };
    return held.made;
  };
}
