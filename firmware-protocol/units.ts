import { MhoError } from "./errors.ts";

declare const unit: unique symbol;
/** The mark that makes volts and siemens different types. An interface, because TS4023 forbids a bare symbol. */
export interface Unit<U extends string> {
  readonly [unit]: U;
}
/** A number in an SI unit. Arithmetic gives a plain number back: wrap the result once, where it is returned. */
export type Quantity<U extends string> = number & Unit<U>;
/** A typed array whose every element is in the SI unit `U`. */
export type Quantities<U extends string> = Float64Array & Unit<U>;

export type Siemens = Quantity<"S">;
export type Volts = Quantity<"V">;
export type Amps = Quantity<"A">;
export type Seconds = Quantity<"s">;
export type Kelvin = Quantity<"K">;
export type Ohms = Quantity<"Ω">;

function finite<U extends string>(symbol: U): (value: number) => Quantity<U> {
  return (value) => {
    if (!Number.isFinite(value)) throw new MhoError("NOT_A_QUANTITY", { value, unit: symbol });
    return value as Quantity<U>;
  };
}

export const siemens = finite("S");
export const volts = finite("V");
export const amps = finite("A");
export const seconds = finite("s");
export const kelvin = finite("K");
export const ohms = finite("Ω");

export const microsiemens = (x: number): Siemens => siemens(x * 1e-6);
export const microamps = (x: number): Amps => amps(x * 1e-6);
export const millivolts = (x: number): Volts => volts(x * 1e-3);
export const nanoseconds = (x: number): Seconds => seconds(x * 1e-9);

/** Marks an array that already holds SI values; the caller vouches for its unit. */
export const inSiemens = (values: Float64Array): Quantities<"S"> => values as Quantities<"S">;
export const inVolts = (values: Float64Array): Quantities<"V"> => values as Quantities<"V">;
export const inAmps = (values: Float64Array): Quantities<"A"> => values as Quantities<"A">;
