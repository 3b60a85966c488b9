import { z } from "zod";
import { ohms, seconds, siemens, volts } from "#protocol";
import { parsedFile, pin } from "../peripherals-file.ts";
import { sensors } from "../sensors.ts";

const address = z.int().min(8).max(0x77);
const channel = z.int().min(0).max(3);
const analog = z.int().min(0).max(15);
const positive = z.number().positive();

/** What drives a row: a channel of an MCP4728 on the I2C bus, or a PWM pin behind a low-pass filter. */
const RowConverter = z.union([z.strictObject({ mcp4728: address, channel }), z.strictObject({ pwm: pin })]);
export type RowConverter = z.output<typeof RowConverter>;

/** What reads a column: a channel of an ADS1115, or an analog pin. `select` is high while the column is at its amplifier. */
const select = pin.optional();
const Column = z.union([
  z.strictObject({ ads1115: address, channel, select }),
  z.strictObject({ analog, select }),
]);
export type Column = z.output<typeof Column>;

/** Pulses of one width, made by a monostable: no host can lengthen them. */
const Pulser = z.strictObject({
  /** Pin whose rise fires the monostable. */
  trigger: pin,
  width: positive.transform(seconds),
  /** Drives lines that are not selected at half the pulse. */
  half: z.strictObject({ mcp4728: address, channel }),
  /** Volts of the first pulse of a polarity, of each next one more, and at most. */
  least: positive.transform(volts),
  step: positive.transform(volts),
  most: positive.transform(volts),
  verifyReads: z.int().min(1).max(64).default(4),
});

/** A passive crossbar at an Arduino; docs/bench-peripherals.md has an example and the wiring. */
export const CrossbarFile = z
  .strictObject({
    uid: z.string().min(1),
    /** Name of the board profile that describes its devices. */
    profile: z.string().default(""),
    /** Volts: full scale of the rows' converters, and where columns stand (virtual ground). */
    reference: positive.transform(volts),
    zero: z.number().min(0).transform(volts),
    /** Feedback of each column's amplifier, and volts of full scale of the analog pins. */
    feedback: positive.transform(ohms),
    analogReference: positive.default(5).transform(volts),
    /** Seconds that a line takes to settle: filters of PWM pins. */
    settle: z.number().min(0).default(0).transform(seconds),
    /** Pin that is high while rows are driven; while it is low they are at `zero`, whatever the converters say. */
    drive: pin,
    rows: z.array(RowConverter).min(1).max(8),
    columns: z.array(Column).min(1).max(8),
    readVoltage: positive.transform(volts),
    conductance: z.strictObject({
      min: z.number().min(0).transform(siemens),
      max: positive.transform(siemens),
    }),
    pulser: Pulser.optional(),
    thermometer: z.strictObject({ analog, sensor: z.enum(sensors) }),
    /** Analog pin at the supply behind a divider by so much. */
    supply: z.strictObject({ analog, divider: z.number().min(1) }),
  })
  .refine(({ zero, reference }) => zero < reference, "zero must be below reference")
  .refine(({ conductance: { min, max } }) => min < max, "conductance.min must be below conductance.max")
  .refine(
    ({ pulser, readVoltage, zero, reference }) =>
      readVoltage <= (pulser ? Math.min(zero, reference - zero) : reference - zero),
    "readVoltage is more than the rows' converters reach from zero",
  )
  .refine(
    ({ pulser, zero, reference }) => !pulser || pulser.most <= Math.min(zero, reference - zero),
    "pulser.most is more than the rows' converters reach from zero, either way",
  )
  .refine(
    ({ pulser, readVoltage }) => !pulser || (readVoltage < pulser.least && pulser.least <= pulser.most),
    "pulses must rise from pulser.least, above readVoltage, to pulser.most",
  )
  .refine(
    ({ pulser, columns }) => !pulser || columns.every((column) => column.select !== undefined),
    "with a pulser, each column needs a select pin",
  );
export type CrossbarFile = z.output<typeof CrossbarFile>;

/** The crossbar in the file at `path`. Errors: FILE_UNREADABLE, BENCH_FILE_INVALID. */
export const readCrossbar = (path: string): Promise<CrossbarFile> =>
  parsedFile(path, "crossbar", CrossbarFile);
