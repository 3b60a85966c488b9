import { readFile } from "node:fs/promises";
import { z } from "zod";
import { kelvin, MhoError, seconds } from "#protocol";
import { sensors } from "./sensors.ts";

export const pin = z.int().min(2, "pins 0 and 1 are the serial line").max(69);
const analogPin = z.int().min(0).max(15);

/** What is wired to a bench's Arduino; docs/bench-peripherals.md has an example. */
export const PeripheralsFile = z
  .strictObject({
    /** Board URL of the Arduino. */
    arduino: z.string().min(1).optional(),
    /** Relay of the supply: closed by a high pin, open by a low one and without power. */
    supply: z.strictObject({ pin }),
    heater: z
      .strictObject({
        /** A pin with PWM. */
        pin,
        most: z.number().positive().max(1).default(1),
        /** Share of full power for each kelvin, and seconds, of the loop that holds a temperature. */
        gain: z.number().positive().default(0.05),
        integralTime: z.number().positive().default(150).transform(seconds),
      })
      .optional(),
    thermometer: z.strictObject({
      analog: analogPin,
      sensor: z.enum(sensors),
      /** Volts of the converter's reference. */
      reference: z.number().positive().default(5),
    }),
    /** Emergency stop: a normally closed contact from the pin to ground. */
    stop: z.strictObject({ pin }),
    status: z.strictObject({ pin }).optional(),
    limits: z
      .strictObject({
        coldest: z.number().positive().default(253).transform(kelvin),
        hottest: z.number().positive().transform(kelvin),
        silence: z
          .number()
          .min(0.1, "the board is asked every fifth of it")
          .max(10)
          .default(0.5)
          .transform(seconds),
      })
      .refine(({ coldest, hottest }) => coldest < hottest, "hottest must be above coldest"),
  })
  .refine(({ supply, heater, stop, status }) => {
    const used = [supply.pin, stop.pin, heater?.pin, status?.pin].filter((number) => number !== undefined);
    return new Set(used).size === used.length;
  }, "each pin can have one use only");
export type PeripheralsFile = z.output<typeof PeripheralsFile>;

/** A JSON file held against its schema. Errors: FILE_UNREADABLE, FILE_BROKEN. */
export async function parsedFile<T extends z.ZodType>(
  path: string,
  kind: string,
  schema: T,
): Promise<z.output<T>> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new MhoError("FILE_UNREADABLE", { path, why: cause.message }, { cause });
  });
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new MhoError("BENCH_FILE_INVALID", { path, kind, why }, { cause });
  }
}

/** The peripherals in the file at `path`. Errors: FILE_UNREADABLE, BENCH_FILE_INVALID. */
export const readPeripherals = (path: string): Promise<PeripheralsFile> =>
  parsedFile(path, "peripherals", PeripheralsFile);
