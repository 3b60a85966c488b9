import { describe, expect, it } from "vitest";
import { kelvin, seconds } from "#protocol";
import { type HeaterLoop, heated, heaterOff } from "../../drivers/bench/heater.ts";

/**
 * A thermal mass in still air: C dT/dt = P u − k (T − T₀). One step is the closed form of a constant power, so no error of
 * an integration comes in.
 */
function thermalMass({
  heat,
  loss,
  full,
  ambient,
}: {
  heat: number;
  loss: number;
  full: number;
  ambient: number;
}) {
  let temperature = ambient;
  return {
    get temperature() {
      return temperature;
    },
    after(power: number, span: number): void {
      const end = ambient + (full * power) / loss;
      temperature = end + (temperature - end) * Math.exp((-span * loss) / heat);
    },
    steadyPower: (wanted: number) => ((wanted - ambient) * loss) / full,
  };
}

/** 50 J/K, 0.2 W/K, 20 W: a time constant of 250 s, and 100 K above 295 K at full power. */
const plate = { heat: 50, loss: 0.2, full: 20, ambient: 295 };
const loop: HeaterLoop = { gain: 0.05, integralTime: seconds(150), most: 1 };
const span = seconds(0.1);

/** Holds `wanted` for so long; every temperature and power on the way. */
function held(
  mass: ReturnType<typeof thermalMass>,
  wanted: (at: number) => number,
  time: number,
  settings = loop,
) {
  let state = heaterOff;
  const [temperatures, powers]: [number[], number[]] = [[], []];
  for (let at = 0; at < time; at += span) {
    state = heated(state, { wanted: kelvin(wanted(at)), measured: kelvin(mass.temperature), span }, settings);
    mass.after(state.power, span);
    temperatures.push(mass.temperature);
    powers.push(state.power);
  }
  return { temperatures, powers };
}

describe("the heater's loop on a thermal mass in virtual time", () => {
  it("comes to the temperature and to the power that the losses take, to a millikelvin", () => {
    const mass = thermalMass(plate);
    const { temperatures, powers } = held(mass, () => 325, 1500);
    expect(Math.abs(temperatures.at(-1)! - 325)).toBeLessThan(1e-3);
    expect(powers.at(-1)!).toBeCloseTo(mass.steadyPower(325), 4); // 30 K · 0.2 W/K / 20 W = 0.3
    expect(mass.steadyPower(325)).toBeCloseTo(0.3, 12);
  });

  it("never asks for less than nothing or more than it may", () => {
    const { powers } = held(thermalMass(plate), (at) => (at < 300 ? 360 : 300), 900, { ...loop, most: 0.6 });
    expect([Math.min(...powers), Math.max(...powers)]).toEqual([0, 0.6]);
  });

  it("does not wind up: after an hour at a temperature out of reach it turns down within a second", () => {
    const mass = thermalMass({ ...plate, full: 4 }); // 20 K above the air is all it can
    const { powers } = held(mass, (at) => (at < 3600 ? 345 : 300), 3601);
    const turn = 3600 / span;
    expect(powers[turn - 1]).toBe(1);
    expect(powers.slice(turn).some((power) => power === 0)).toBe(true);
  });

  it("goes over a new temperature by less than 2 K of a step of 30 K", () => {
    const { temperatures } = held(thermalMass(plate), () => 325, 1500);
    expect(Math.max(...temperatures)).toBeLessThan(327);
  });
});
