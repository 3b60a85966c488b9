import { describe, expect, it } from "vitest";
import { type Bench, openBench, PeripheralsFile } from "#drivers";
import { seconds } from "#protocol";
import { StandardFirmata } from "./standard-firmata.ts";
import { type SteppedClock, steppedClock } from "./stepped-clock.ts";

const [relay, heater, stop] = [7, 9, 2];
const file = PeripheralsFile.parse({
  supply: { pin: relay },
  heater: { pin: heater },
  thermometer: { analog: 0, sensor: "TMP36" },
  stop: { pin: stop },
  limits: { hottest: 330, silence: 0.5 },
});

/** A bench at StandardFirmata whose thermometer says one thing at the start, and then nothing. */
async function bench(): Promise<{
  bench: Bench;
  firmata: StandardFirmata;
  clock: SteppedClock;
  open: { stop: boolean };
}> {
  const open = { stop: false };
  const firmata = new StandardFirmata({
    starts: true,
    analog: () => 0.75,
    digital: (pin) => pin === stop && open.stop,
  });
  const clock = steppedClock();
  const opened = await clock.run(openBench(file, { transport: firmata.near, clock }));
  return { bench: opened, firmata, clock, open };
}

describe("a bench at StandardFirmata", () => {
  it("has no watchdog, and says so", async () => {
    const { bench: it } = await bench();
    expect(it.hasWatchdog).toBe(false);
    expect(it.temperature()).toBeCloseTo(298.15, 0);
  });

  it("trips when its thermometer falls silent, though johnny-five would say the last temperature again", async () => {
    const { bench: it, firmata, clock } = await bench();
    it.supply(true);
    it.heater(0.5);
    await clock.run(clock.sleep(seconds(0.2)));
    expect([firmata.levels.get(relay), firmata.duties.get(heater)]).toEqual([true, 128 / 255]);
    await clock.run(clock.sleep(seconds(0.4)));
    expect(it.status.trips).toEqual(["thermometerSilent"]);
    expect([firmata.levels.get(relay), firmata.duties.get(heater)]).toEqual([false, 0]);
    expect(() => it.temperature()).toThrow(/thermometerSilent/);
  });

  it("sees the stop open by asking, also where the board's report of it was lost", async () => {
    const { bench: it, firmata, clock, open } = await bench();
    let stops = 0;
    it.onStop(() => stops++);
    it.supply(true);
    open.stop = true;
    await clock.run(clock.sleep(seconds(0.15)));
    expect(it.status.trips).toEqual(["stopOpen"]);
    expect({ relay: firmata.levels.get(relay), stops }).toEqual({ relay: false, stops: 1 });
  });
});
