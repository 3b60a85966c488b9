import { describe, expect, it } from "vitest";
import { type Bench, openBench, PeripheralsFile } from "#drivers";
import { isMhoError, seconds } from "#protocol";
import { type VirtualArduino, virtualArduino } from "./arduino.ts";
import { lacking } from "./virtual-board.ts";

const pins = { relay: 7, heater: 9, stop: 2, status: 4 } as const;
const file = PeripheralsFile.parse({
  supply: { pin: pins.relay },
  heater: { pin: pins.heater, most: 0.8 },
  thermometer: { analog: 0, sensor: "TMP36" },
  stop: { pin: pins.stop },
  status: { pin: pins.status },
  limits: { hottest: 330, silence: 0.5 },
});

/** What a TMP36 gives at so many degrees Celsius, in volts. */
const tmp36 = (celsius: number): number => 0.5 + celsius / 100;

/** A bench at 25 °C with its stop closed, on an emulated Uno. */
async function bench(): Promise<VirtualArduino & { bench: Bench }> {
  const arduino = await virtualArduino();
  arduino.machine.feed(0, tmp36(25));
  arduino.machine.pull(pins.stop, false);
  return { ...arduino, bench: await openBench(file, arduino) };
}

const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return isMhoError(error) ? `${error.code} ${error.facts.causes ?? ""}`.trim() : String(error);
  }
  return "nothing";
};

describe.skipIf(lacking("avr-gcc"))("a bench on an emulated Uno with mini-Firmata", () => {
  it("switches the relay, dims the heater, reads the thermometer and lights the LED when armed", async () => {
    const { machine, clock, bench: it } = await bench();
    expect(it.status).toMatchObject({ armed: true, supply: false, heater: 0, stopOpen: false });
    expect(it.hasWatchdog).toBe(true);
    it.supply(true);
    it.heater(0.5);
    await clock.sleep(seconds(0.1));
    expect({ relay: machine.isHigh(pins.relay), lamp: machine.isHigh(pins.status) }).toEqual({
      relay: true,
      lamp: true,
    });
    expect(machine.duty(pins.heater)).toBeCloseTo(0.5, 2);
    // A code of the 10-bit converter is 0.49 K.
    expect(Math.abs(it.temperature() - 298.15)).toBeLessThan(0.5);
    await it.close();
    await clock.sleep(seconds(0.05));
    expect({ relay: machine.isHigh(pins.relay), heater: machine.duty(pins.heater) }).toEqual({
      relay: false,
      heater: 0,
    });
  });

  it.each([
    [
      "the stop opens, or its wire breaks",
      "stopOpen",
      ({ machine }: VirtualArduino) => machine.pull(pins.stop, true),
    ],
    ["the bench is too hot", "tooHot", ({ machine }: VirtualArduino) => machine.feed(0, tmp36(60))],
    [
      "the thermometer's wire breaks to ground",
      "thermometerAbsurd",
      ({ machine }: VirtualArduino) => machine.feed(0, 0),
    ],
    ["the thermometer's wire breaks to 5 V", "tooHot", ({ machine }: VirtualArduino) => machine.feed(0, 5)],
  ])("cuts supply and heater when %s, until it is reset with the cause gone", async (_, cause, happens) => {
    const all = await bench();
    const { machine, clock, bench: it } = all;
    const trips: string[][] = [];
    it.onTrip((causes) => trips.push([...causes]));
    it.supply(true);
    it.heater(0.5);
    await clock.sleep(seconds(0.1));
    happens(all);
    await clock.sleep(seconds(0.05));
    expect({
      relay: machine.isHigh(pins.relay),
      heater: machine.duty(pins.heater),
      lamp: machine.isHigh(pins.status),
    }).toEqual({
      relay: false,
      heater: 0,
      lamp: false,
    });
    expect(trips).toEqual([[cause]]);
    expect(codeOf(() => it.reset())).toBe(`INTERLOCK_TRIPPED ${cause}`);
    machine.pull(pins.stop, false);
    machine.feed(0, tmp36(25));
    await clock.sleep(seconds(0.1));
    expect(codeOf(() => it.supply(true))).toBe(`INTERLOCK_TRIPPED ${cause}`);
    it.reset();
    await clock.sleep(seconds(0.1));
    expect(machine.isHigh(pins.relay)).toBe(false);
    it.supply(true);
    await clock.sleep(seconds(0.05));
    expect(machine.isHigh(pins.relay)).toBe(true);
    await it.close();
  });
});
