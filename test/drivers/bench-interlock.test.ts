import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kelvin, type Seconds, seconds } from "#protocol";
import {
  type InterlockAction,
  type InterlockEvent,
  type InterlockLimits,
  nextInterlock,
  unarmed,
} from "../../drivers/bench/interlock.ts";

const limits: InterlockLimits = { coldest: kelvin(253), hottest: kelvin(330), silence: seconds(0.5) };

/** What the board does, by the actions alone: as it would be seen at its pins. */
interface Pins {
  supply: boolean;
  heater: number;
  armed: boolean;
}
function act(pins: Pins, action: InterlockAction): void {
  if (action.set === "supply") pins.supply = action.on;
  else if (action.set === "heater") pins.heater = action.power;
  else pins.armed = action.armed;
}

/** Runs events, and shows what stands after each: the state, and the pins as the actions left them. */
function run(events: readonly InterlockEvent[], see: (event: InterlockEvent, pins: Pins) => void = () => {}) {
  const pins: Pins = { supply: false, heater: 0, armed: false };
  let state = unarmed(seconds(0));
  for (const event of events) {
    const { state: next, actions } = nextInterlock(state, event, limits);
    state = next;
    for (const action of actions) act(pins, action);
    see(event, pins);
  }
  return { state, pins };
}

const at = (time: number, event: WithoutTime<InterlockEvent>): InterlockEvent => ({
  ...event,
  at: seconds(time),
});
type WithoutTime<E> = E extends unknown ? Omit<E, "at"> : never;

/** Good words of stop and thermometer, a reset, and everything switched on. */
const running: readonly InterlockEvent[] = [
  at(0, { saw: "stop", open: false }),
  at(0, { saw: "temperature", kelvin: 300 }),
  at(0, { saw: "reset" }),
  at(0, { saw: "supply", on: true }),
  at(0, { saw: "heater", power: 0.5 }),
];

const anyEvent = fc.oneof(
  { weight: 4, arbitrary: fc.record({ saw: fc.constant("stop" as const), open: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      saw: fc.constant("temperature" as const),
      kelvin: fc.oneof(
        fc.double({ min: 290, max: 335, noNaN: true }),
        fc.constantFrom(NaN, Infinity, -1, 0, 252.9),
      ),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ saw: "time" as const }) },
  { weight: 4, arbitrary: fc.record({ saw: fc.constant("supply" as const), on: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      saw: fc.constant("heater" as const),
      power: fc.constantFrom(-1, 0, 0.3, 1, 2, NaN),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ saw: "reset" as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { saw: "watchdog" as const },
      { saw: "loss" as const },
      { saw: "restart" as const },
    ),
  },
);
/** Any events, from a tenth of the longest silence to twice it apart. Good words come often, so that the bench is on often. */
const anyEvents = fc
  .array(fc.tuple(anyEvent, fc.constantFrom(0, 0.05, 0.2, 1)), { maxLength: 60 })
  .map((steps) => {
    let now = 0;
    const timed = steps.map(([event, after]) => {
      now += after;
      return at(now, event);
    });
    return [...running, ...timed];
  });

/** What is true of the world by the events alone, reckoned apart from the state machine. */
function world() {
  let stop: { open: boolean; at: Seconds } | undefined;
  let temperature: { kelvin: number; at: Seconds } | undefined;
  let gone = false;
  return (event: InterlockEvent): boolean => {
    if (event.saw === "stop") stop = event;
    if (event.saw === "temperature") temperature = event;
    gone ||= event.saw === "loss" || event.saw === "restart";
    const fresh = (heard: { at: Seconds } | undefined) =>
      heard !== undefined && event.at - heard.at <= limits.silence;
    const fit =
      temperature !== undefined &&
      temperature.kelvin >= limits.coldest &&
      temperature.kelvin <= limits.hottest;
    return fresh(stop) && stop?.open === false && fresh(temperature) && fit && !gone;
  };
}

describe("the interlock", () => {
  it("never has supply or heater on while the stop is open, the bench too hot, or either unheard of", () => {
    let on = 0;
    void fc.assert(
      fc.property(anyEvents, (events) => {
        const isSafe = world();
        run(events, (event, pins) => {
          const safe = isSafe(event);
          on += Number(pins.supply);
          if (!safe) expect(pins).toMatchObject({ supply: false, heater: 0, armed: false });
        });
      }),
      { seed: 11, numRuns: 2000 },
    );
    expect(on).toBeGreaterThan(2000); // it was on often enough for this to say something
  });

  it("stays off after a trip until a reset and then until somebody asks anew", () =>
    void fc.assert(
      fc.property(anyEvents, (events) => {
        let [latched, wasSafe] = [true, world()];
        let askedSinceReset = false;
        run(events, (event, pins) => {
          const safe = wasSafe(event);
          if (!safe || event.saw === "watchdog") latched = true;
          else if (event.saw === "reset") latched = false;
          if (latched) askedSinceReset = false;
          else if (event.saw === "supply") askedSinceReset = event.on;
          if (pins.supply)
            expect({ latched, askedSinceReset }).toEqual({ latched: false, askedSinceReset: true });
        });
      }),
      { seed: 12, numRuns: 1000 },
    ));

  it("keeps the heater's power within 0 … 1, NaN as 0", () =>
    void fc.assert(
      fc.property(anyEvents, (events) => {
        run(events, (_, { heater }) => expect(heater >= 0 && heater <= 1).toBe(true));
      }),
      { seed: 13, numRuns: 300 },
    ));

  it.each([
    ["stopOpen", { saw: "stop", open: true }, 0.1],
    ["tooHot", { saw: "temperature", kelvin: 330.1 }, 0.1],
    ["thermometerAbsurd", { saw: "temperature", kelvin: Number.NaN }, 0.1],
    ["thermometerAbsurd", { saw: "temperature", kelvin: 0 }, 0.1],
    ["hostLate", { saw: "watchdog" }, 0.1],
    ["boardRestarted", { saw: "restart" }, 0.1],
    ["linkLost", { saw: "loss" }, 0.1],
  ] as const)("trips for %s at once: %j", (cause, event, time) => {
    const { state, pins } = run([...running, at(time, event)]);
    expect(state.trips).toEqual([cause]);
    expect(pins).toEqual({ supply: false, heater: 0, armed: false });
  });

  it("trips just beyond the longest silence, and not at it", () => {
    const heardStop = at(0.4, { saw: "stop", open: false });
    expect(run([...running, heardStop, at(0.5, { saw: "time" })]).state.trips).toEqual([]);
    expect(run([...running, heardStop, at(0.501, { saw: "time" })]).state.trips).toEqual([
      "thermometerSilent",
    ]);
  });

  it("says every cause that came to the first one", () => {
    const { state } = run([
      ...running,
      at(0.1, { saw: "stop", open: true }),
      at(0.2, { saw: "temperature", kelvin: 340 }),
    ]);
    expect(state.trips).toEqual(["stopOpen", "tooHot"]);
  });

  it("puts everything off again when it trips, also what it thinks is off", () => {
    const { state } = run(running.slice(0, 3));
    expect(nextInterlock(state, at(0.1, { saw: "stop", open: true }), limits).actions).toEqual([
      { set: "supply", on: false },
      { set: "heater", power: 0 },
      { set: "status", armed: false },
    ]);
  });

  it("cannot be reset when the board is gone", () => {
    const { state } = run([...running, at(0.1, { saw: "restart" }), at(0.2, { saw: "reset" })]);
    expect(state.trips).toEqual(["boardRestarted"]);
  });
});
