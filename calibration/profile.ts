import { z } from "zod";
import {
  type Amps,
  amps,
  type Kelvin,
  kelvin,
  type Ohms,
  ohms,
  type Quantity,
  type Seconds,
  type Siemens,
  seconds,
  siemens,
  type Volts,
  volts,
} from "#protocol";

/** A number of a profile and where it is from: a `source`, or `assumed` with the reason in `note`. */
export interface Sourced<T> {
  readonly value: T;
  /** SI unit of the value, where it has one. */
  readonly unit?: string | undefined;
  readonly source?: string | undefined;
  readonly assumed?: true | undefined;
  readonly note?: string | undefined;
}

const provenance = {
  source: z.string().min(1).optional(),
  assumed: z.literal(true).optional(),
  note: z.string().optional(),
};

function sourced<T extends z.ZodType>(value: T) {
  return z
    .strictObject({ value, ...provenance })
    .refine((entry) => (entry.source === undefined) !== (entry.assumed === undefined), {
      message: 'say where the number is from: either "source": "…" or "assumed": true',
    });
}

function measured<T>(
  value: z.ZodType,
  scales: Readonly<Record<string, number>>,
  take: (value: never, scale: number) => T,
) {
  return z
    .strictObject({ value, unit: z.enum(Object.keys(scales)), ...provenance })
    .refine((entry) => (entry.source === undefined) !== (entry.assumed === undefined), {
      message: 'say where the number is from: either "source": "…" or "assumed": true',
    })
    .transform(
      ({ unit, ...entry }): Sourced<T> => ({
        ...entry,
        value: take(entry.value as never, scales[unit]!),
        unit: Object.keys(scales)[0],
      }),
    );
}

function quantity<U extends string>(
  scales: Readonly<Record<string, number>>,
  wrap: (x: number) => Quantity<U>,
) {
  return measured(z.number().min(0), scales, (value: number, scale) => wrap(value * scale));
}

const siemensScales = { S: 1, µS: 1e-6, nS: 1e-9 };
const conductance = quantity(siemensScales, siemens) as z.ZodType<Sourced<Siemens>>;
const shift = measured(z.number(), siemensScales, (value: number, scale) => siemens(value * scale));
const voltage = quantity({ V: 1, mV: 1e-3 }, volts) as z.ZodType<Sourced<Volts>>;
const span = quantity({ s: 1, ms: 1e-3, µs: 1e-6, ns: 1e-9 }, seconds) as z.ZodType<Sourced<Seconds>>;
const resistance = quantity({ Ω: 1, kΩ: 1e3 }, ohms) as z.ZodType<Sourced<Ohms>>;
const warmth = quantity({ K: 1 }, kelvin) as z.ZodType<Sourced<Kelvin>>;
const ampereScales = { A: 1, µA: 1e-6, nA: 1e-9 };
const current = quantity(ampereScales, amps) as z.ZodType<Sourced<Amps>>;
const currents = measured(
  z.array(z.number().positive()).min(1).max(8),
  ampereScales,
  (value: number[], scale) => value.map((x): Amps => amps(x * scale)),
);
const count = (min: number, max: number) => sourced(z.int().min(min).max(max));
const share = sourced(z.number().min(0).max(1));

/** What verify and relaxation leave of a target; see device-models/. */
const Programming = z.discriminatedUnion("law", [
  z.strictObject({ law: z.literal("exact"), acceptance: conductance }),
  z.strictObject({ law: z.literal("gaussian"), sigma: conductance, shift, acceptance: conductance }),
  ...(["pcm-90nm", "pcm-hermes", "rram-wan2022", "cmo-hfox"] as const).map((law) =>
    z.strictObject({ law: z.literal(law), acceptance: conductance }),
  ),
]);
const ReadNoise = z.discriminatedUnion("law", [
  z.strictObject({ law: z.literal("none") }),
  z.strictObject({ law: z.literal("independent"), sigma: conductance }),
  z.strictObject({ law: z.literal("proportional"), share }),
  z.strictObject({ law: z.literal("laplace-lin2023") }),
  ...(["pcm-90nm", "pcm-hermes", "cmo-hfox"] as const).map((law) => z.strictObject({ law: z.literal(law) })),
]);
const Drift = z.discriminatedUnion("law", [
  z.strictObject({ law: z.literal("none") }),
  z.strictObject({
    law: z.literal("power"),
    start: span,
    mean: sourced(z.number().min(0)),
    std: sourced(z.number().min(0)),
  }),
  z.strictObject({ law: z.literal("pcm-90nm") }),
  z.strictObject({ law: z.literal("pcm-hermes") }),
]);

/** 1/f noise, relative to G, that outlives a read: device-models/ornstein-uhlenbeck.ts. */
const Flicker = z.strictObject({
  sigma: share,
  fastest: span,
  slowest: span,
  slope: sourced(z.number().gt(0).lt(2)),
});
/** Random telegraph noise: device-models/telegraph-noise.ts. */
const Telegraph = z.strictObject({
  share,
  amplitude: share,
  spread: sourced(z.number().min(0).max(2)),
  fastest: span,
  slowest: span,
});
/** Current over voltage where it is not in proportion: device-models/nonlinear-current.ts. */
const Nonlinearity = z.strictObject({ law: z.literal("cubic") });
/** Resistance of lines: a segment from cell to cell, and what stands at their ends. See circuit/crossbar.ts. */
const Lines = z.strictObject({
  wordLine: resistance,
  bitLine: resistance,
  driver: resistance,
  sense: resistance,
});
/** How columns differ: coefficient of variation of their gain, standard deviation of their offset in ADC codes. */
const Columns = z.strictObject({
  gain: sourced(z.number().min(0).max(0.3)),
  offset: sourced(z.number().min(0)),
});
/** What cycles leave of a cell's window: device-models/wear.ts. */
const Endurance = z.strictObject({ law: z.literal("hfox-ni-rram") });
/** Share by which each read moves a cell, of either sign: device-models/wear.ts. */
const Disturb = z.strictObject({ perRead: sourced(z.number().min(-1e-3).max(1e-3)) });
/** What the board's temperature does to conductances, and where that was measured: device-models/thermal.ts. */
const measuredAt = { coldest: warmth, hottest: warmth };
const Thermal = z.discriminatedUnion("law", [
  z.strictObject({
    law: z.literal("linear"),
    coefficient: measured(z.number(), { "1/K": 1 }, (value: number) => value),
    ...measuredAt,
  }),
  z.strictObject({
    law: z.literal("arrhenius"),
    activationEnergy: measured(
      z.number().min(0),
      { eV: 1, meV: 1e-3 },
      (value: number, scale) => value * scale,
    ),
    ...measuredAt,
  }),
]);

/** What an ADC does wrong, in codes: device-models/converter-errors.ts; and the noise it adds to each conversion. */
const codes = sourced(z.number().min(0));
const AdcErrors = z.strictObject({ inl: codes, dnl: share, noise: codes });
/** What the DACs of the rows do wrong: relative spread of their gains, the rest in DAC codes; noise is new in each read-out. */
const DacErrors = z.strictObject({
  gain: sourced(z.number().min(0).max(0.3)),
  offset: codes,
  inl: codes,
  dnl: share,
  noise: codes,
});
/** How a row's input is fed: as one voltage, or its magnitude bit by bit, the converter's codes shifted and added. */
const Feeding = sourced(z.enum(["amplitude", "bit-serial"]));
/** Columns that gather their rows' currents one after another: device-models/ordered-accumulator.ts. */
const Accumulator = z.strictObject({ limit: current, kept: share });

/** A board: its geometry, converters, limits and times, and the laws of its devices. profiles/*.json, docs/profiles.md. */
export const BoardProfile = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,16}$/, "1 … 16 lower-case letters, digits and dashes"),
  says: z.string().min(1),
  geometry: z.strictObject({ tiles: count(1, 4096), rows: count(1, 1024), cols: count(1, 1024) }),
  conductance: z.strictObject({ min: conductance, max: conductance, lsb: conductance }),
  dac: z.strictObject({
    bits: count(1, 15),
    fullScale: voltage,
    bipolar: sourced(z.boolean()),
    feeding: Feeding.optional(),
    errors: DacErrors.optional(),
  }),
  adc: z.strictObject({ bits: count(2, 16), ranges: currents, errors: AdcErrors.optional() }),
  programming: Programming,
  readNoise: ReadNoise,
  drift: Drift,
  flicker: Flicker.optional(),
  telegraph: Telegraph.optional(),
  nonlinearity: Nonlinearity.optional(),
  lines: Lines.optional(),
  columns: Columns.optional(),
  accumulator: Accumulator.optional(),
  endurance: Endurance.optional(),
  disturb: Disturb.optional(),
  thermal: Thermal.optional(),
  stuck: z.strictObject({ low: share, lowAt: conductance, high: share, highAt: conductance }),
  pulses: z.strictObject({
    step: share,
    spread: share,
    threshold: voltage,
    amplitude: voltage,
    amplitudeStep: voltage,
    width: span,
    verifyReads: count(1, 1000),
  }),
  times: z.strictObject({ readOut: span, cellRead: span, pulse: span }),
  limits: z.strictObject({ readVoltage: voltage, pulseVoltage: voltage, pulseWidth: span }),
  link: z.strictObject({
    maxFrame: count(64, 65535),
    window: count(1, 64),
    tickHz: count(1, 2 ** 32 - 1),
    watchdog: span,
  }),
});
export type BoardProfile = z.output<typeof BoardProfile>;
