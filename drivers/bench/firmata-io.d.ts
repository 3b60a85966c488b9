/** What mho uses of firmata-io 2.3, which has no types of its own. */
declare module "firmata-io" {
  import type { EventEmitter } from "node:events";

  export class Firmata extends EventEmitter {
    constructor(
      transport: object,
      options: { reportVersionTimeout: number; samplingInterval?: number },
      ready?: (error?: Error) => void,
    );
    readonly MODES: Readonly<Record<"INPUT" | "OUTPUT" | "ANALOG" | "PWM" | "PULLUP", number>>;
    readonly pins: readonly { readonly supportedModes: readonly number[]; readonly value?: number }[];
    readonly analogPins: readonly number[];
    readonly firmware: { readonly name?: string };
    pinMode(pin: number, mode: number): void;
    digitalWrite(pin: number, value: number): void;
    pwmWrite(pin: number, value: number): void;
    reportAnalogPin(pin: number, on: 0 | 1): void;
    reportDigitalPin(pin: number, on: 0 | 1): void;
    queryFirmware(answered: () => void): void;
    setSamplingInterval(milliseconds: number): void;
    i2cConfig(): this;
    i2cWrite(address: number, bytes: readonly number[]): this;
    i2cReadOnce(address: number, register: number, count: number, read: (bytes: number[]) => void): this;
    sysexCommand(message: readonly number[]): this;
    sysexResponse(command: number, handler: (this: Firmata, bytes: number[]) => void): this;
    clearSysexResponse(command: number): void;
  }

  /** A CommonJS function with the class at it: Node sees no names in it. */
  const bound: { readonly Firmata: typeof Firmata };
  export default bound;
}
