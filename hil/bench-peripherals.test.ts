import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { realClock } from "#calibration";
import { type Bench, openBench, PeripheralsFile } from "#drivers";
import { isMhoError, kelvin, seconds } from "#protocol";
import { type VirtualArduino, virtualArduino } from "./arduino.ts";
import { servedTty } from "./emulators/served-tty.ts";
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

/** A host of its own that switches everything on, and says so. It runs what `npm run build` made. */
const hostProgram = `
  const { openBench } = await import(${JSON.stringify(new URL("../dist/drivers/index.js", import.meta.url).href)});
  const bench = await openBench(JSON.parse(process.argv[1]));
  bench.supply(true);
  bench.heater(0.5);
  console.log("on");`;

/** What a TMP36 gives at so many degrees Celsius, in volts. */
const tmp36 = (celsius: number): number => 0.5 + celsius / 100;

/** A bench at 25 °C with its stop closed, on an emulated Uno. */
async function bench(heater: Partial<typeof file.heater> = {}): Promise<VirtualArduino & { bench: Bench }> {
  const arduino = await virtualArduino();
  arduino.machine.feed(0, tmp36(25));
  arduino.machine.pull(pins.stop, false);
  return { ...arduino, bench: await openBench({ ...file, heater: { ...file.heater!, ...heater } }, arduino) };
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

  it("goes safe by its own watchdog when its host is silent, and says so to a host that comes back to its senses", async () => {
    const { machine, clock, bench: it } = await bench();
    it.supply(true);
    it.heater(0.5);
    await clock.sleep(seconds(0.1));
    const heard = machine.heardAt;
    machine.run(seconds(heard + 0.49)); // the host's program hangs: the board runs on alone
    expect(machine.isHigh(pins.relay)).toBe(true);
    machine.run(seconds(heard + 0.51));
    expect({ relay: machine.isHigh(pins.relay), heater: machine.duty(pins.heater) }).toEqual({
      relay: false,
      heater: 0,
    });
    await clock.sleep(seconds(0.3));
    expect(it.status.trips).toContain("hostLate");
    it.reset();
    it.supply(true);
    await clock.sleep(seconds(0.1));
    expect(machine.isHigh(pins.relay)).toBe(true);
    await it.close();
  });

  it("is not reset by a host that only writes again after its watchdog", async () => {
    const { machine, clock, bench: it, transport } = await bench();
    it.supply(true);
    await clock.sleep(seconds(0.1));
    machine.run(seconds(machine.now() + 1));
    await transport.write(Uint8Array.of(0xf5, pins.relay, 1)); // set digital pin 7
    machine.run(seconds(machine.now() + 0.01));
    expect(machine.isHigh(pins.relay)).toBe(false);
    await it.close();
  });

  it("trips for good when the board restarts behind its back", async () => {
    const { machine, clock, bench: it, transport } = await bench();
    it.supply(true);
    await clock.sleep(seconds(0.1));
    await transport.write(Uint8Array.of(0xff)); // Firmata's system reset, as a brown-out would
    await clock.sleep(seconds(0.05));
    expect(it.status).toMatchObject({ armed: false, supply: false });
    expect(it.status.trips).toContain("boardRestarted");
    expect(machine.isHigh(pins.relay)).toBe(false);
    expect(codeOf(() => it.reset())).toContain("boardRestarted");
    await it.close();
  });

  it("holds a temperature with its loop, to a code of the converter, on a heated plate", async () => {
    const { machine, clock, bench: it } = await bench({ gain: 0.2, integralTime: seconds(2), most: 1 });
    it.hold(kelvin(308.15));
    let celsius = 25;
    for (let step = 0; step < 100; step++) {
      await clock.sleep(seconds(0.05));
      // Time constant 2 s, 40 K above the air at full power.
      celsius += ((40 * machine.duty(pins.heater) - (celsius - 25)) / 2) * 0.05;
      machine.feed(0, tmp36(celsius));
    }
    expect(Math.abs(celsius - 35)).toBeLessThan(0.5);
    expect(codeOf(() => it.hold(kelvin(331)))).toBe("OUT_OF_MODEL");
    await it.close();
  });

  it("refuses a heater at a pin without PWM, and lets the port go", async () => {
    const arduino = await virtualArduino();
    const wrong = { ...file, heater: { ...file.heater!, pin: 8 } };
    await expect(openBench(wrong, arduino)).rejects.toMatchObject({
      code: "BENCH_PIN_UNFIT",
      facts: { pin: 8 },
    });
    await expect(arduino.transport.write(Uint8Array.of(0))).rejects.toMatchObject({ code: "LINK_LOST" });
  });

  it("opens tripped when the stop is open", async () => {
    const arduino = await virtualArduino();
    arduino.machine.feed(0, tmp36(25));
    arduino.machine.pull(pins.stop, true);
    const it = await openBench(file, arduino);
    expect(it.status).toMatchObject({ armed: false, trips: ["stopOpen"], stopOpen: true });
    expect(codeOf(() => it.supply(true))).toBe("INTERLOCK_TRIPPED stopOpen");
    await it.close();
  });

  it("answers Firmata's questions on a Mega too", async () => {
    const { transport, clock } = await virtualArduino("atmega2560");
    const wrong = { ...file, heater: { ...file.heater!, pin: 8 } };
    await expect(openBench(wrong, { transport, clock })).rejects.toMatchObject({ code: "BENCH_PIN_UNFIT" });
  });

  it("opens the relay within the watchdog's time of the board when its host is killed", async () => {
    const { machine } = await virtualArduino();
    machine.feed(0, tmp36(25));
    machine.pull(pins.stop, false);
    const served = await servedTty(machine, realClock());
    const silence = 2;
    const patient = { ...file, arduino: `serial:${served.path}`, limits: { ...file.limits, silence } };
    const host = spawn(
      process.execPath,
      ["--input-type=module", "-e", hostProgram, JSON.stringify(patient)],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    onTestFinished(() => void host.kill("SIGKILL"));
    await Promise.race([
      once(host.stdout, "data"),
      once(host, "exit").then(([code]) => Promise.reject(new Error(`the host ended with ${code}`))),
    ]);
    while (!machine.isHigh(pins.relay)) await new Promise((turn) => setImmediate(turn));
    host.kill("SIGKILL");
    await once(host, "exit");
    await served.close();
    while (machine.arriving > 0) machine.run(seconds(machine.now() + 1e-3));
    const heard = machine.heardAt;
    expect(machine.isHigh(pins.relay)).toBe(true);
    machine.run(seconds(heard + silence - 0.01));
    expect(machine.isHigh(pins.relay)).toBe(true);
    machine.run(seconds(heard + silence + 0.01));
    expect({ relay: machine.isHigh(pins.relay), heater: machine.duty(pins.heater) }).toEqual({
      relay: false,
      heater: 0,
    });
  });
});
