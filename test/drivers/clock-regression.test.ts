import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { randomStream } from "#calibration";
import {
  Endpoint,
  faulty,
  hostTime,
  pipe,
  readRecording,
  recordedClock,
  recorder,
  wireBoard,
} from "#drivers";
import { seconds } from "#protocol";
import {
  type ClockRecord,
  clockOf,
  type Exchange,
  newClockRecord,
  observed,
} from "../../drivers/session/clock-regression.ts";
import { ledgerCore } from "./ledger-core.ts";
import { steppedClock } from "./stepped-clock.ts";

const tickHz = 1e6;
interface Line {
  readonly ppm: number;
  /** Host's clock when the board's stood at 0. */
  readonly start: number;
  readonly count: number;
  /** Seconds between two exchanges. */
  readonly every: number;
  readonly seed: number;
  /** Waits of the two ways, beside what each way always takes. */
  readonly out: (draw: () => number) => number;
  readonly back: (draw: () => number) => number;
}

/** Exchanges with a board whose clock is exactly `ppm` fast and started when the host's stood at `start`. */
function exchanges({ ppm, start, count, every, seed, out, back }: Line): Exchange[] {
  const random = randomStream(seed, 2000);
  const draw = (): number => random.uniform();
  return Array.from({ length: count }, (_, k) => {
    const sent = start + 1 + k * every;
    const stamped = sent + 40e-6 + out(draw);
    const ticks = Math.floor((stamped - start) * (1 + ppm * 1e-6) * tickHz);
    return { sent, received: stamped + 70e-6 + back(draw), ticks };
  });
}
const recordOf = (list: readonly Exchange[]): ClockRecord =>
  list.reduce((record, each) => observed(record, each), newClockRecord(1, tickHz));

const exponential = (mean: number) => (draw: () => number) => -mean * Math.log(1 - draw());
/** Answers wait 15 times as long as questions, and one in ten of either stalls for up to 20 ms more. */
const asymmetric = {
  out: (draw: () => number) => exponential(20e-6)(draw) + (draw() < 0.1 ? 20e-3 * draw() : 0),
  back: (draw: () => number) => exponential(300e-6)(draw) + (draw() < 0.1 ? 20e-3 * draw() : 0),
};
const steady = { out: () => 0, back: () => 0 };

describe("the fit of the board's clock", () => {
  it("is exact to a tick where nothing waits: 120 ppm fast over 64 s, and 30 µs of way one way more than the other", () => {
    const clock = clockOf(
      recordOf(exchanges({ ppm: 120, start: 5, count: 64, every: 1, seed: 1, ...steady })),
    )!;
    expect(Math.abs(clock.ratePpm - 120)).toBeLessThan(1e6 / tickHz / 30);
    // Half a round trip is 55 µs; the stamp lies 15 µs before the middle.
    const error = clock.offset - (5 + 1.5e-5 - (clock.ticks / tickHz) * 120e-6);
    expect(Math.abs(error)).toBeLessThan(2 / tickHz + 1e-8);
    expect(clock.offsetError).toBeLessThan(55e-6 + 4 / tickHz);
    expect(clock.roundTrip).toBeCloseTo(110e-6, 9);
  });

  /** 300 sessions of 200 exchanges; skews between −200 and 200 ppm. */
  const trials = Array.from({ length: 300 }, (_, k) => {
    const ppm = -200 + (400 * k) / 299;
    const start = 3 + k;
    const list = exchanges({ ppm, start, count: 200, every: 0.5, seed: k + 1, ...asymmetric });
    return { ppm, start, list, clock: clockOf(recordOf(list))! };
  });

  it("holds the true rate in its interval of 95 % under asymmetric waits and stalls", () => {
    const held = trials.filter(
      ({ ppm, clock }) => Math.abs(clock.ratePpm - ppm) <= clock.ratePpmError,
    ).length;
    // Binomial(300, 0.95): fewer than 270 by chance with probability 1.3e-4.
    expect(held).toBeGreaterThanOrEqual(270);
    expect(held).toBeLessThan(trials.length); // 0.95^300 = 2e-7: an interval that always holds is too wide
  });

  it("knows the rate better than 0.5 ppm within 100 s, and says how well", () => {
    const errors = trials.map(({ ppm, clock }) => Math.abs(clock.ratePpm - ppm)).sort((a, b) => a - b);
    expect(errors[Math.floor(0.95 * errors.length)]).toBeLessThan(0.5);
    const widths = trials.map(({ clock }) => clock.ratePpmError).sort((a, b) => a - b);
    expect(widths[150]).toBeLessThan(0.5);
  });

  it("is nearer than least squares through all exchanges, by 10 times and more", () => {
    const rms = (of: (k: number) => number): number =>
      Math.sqrt(trials.reduce((sum, _, k) => sum + of(k) ** 2, 0) / trials.length);
    const ours = rms((k) => trials[k]!.clock.ratePpm - trials[k]!.ppm);
    const plain = rms((k) => leastSquaresPpm(trials[k]!.list) - trials[k]!.ppm);
    expect(plain / ours).toBeGreaterThan(10);
  });

  it("turns ticks into host time within its error: always inside the fit, and in its 95 % an hour on", () => {
    const within = (seconds: number): number =>
      trials.filter(({ ppm, start, clock }) => {
        const { at, error } = hostTime(clock, Math.round(seconds * (1 + ppm * 1e-6) * tickHz));
        return Math.abs(at - (start + seconds)) <= error;
      }).length;
    expect(within(50)).toBe(trials.length);
    expect(within(3600)).toBeGreaterThanOrEqual(270);
    const { clock } = trials[0]!;
    expect(hostTime(clock, clock.ticks + 3600 * tickHz).error).toBeLessThan(0.02);
  });

  it("is not moved by a quarter of exchanges that are off by a second", () => {
    const list = exchanges({ ppm: 50, start: 1, count: 64, every: 1, seed: 3, ...steady });
    const bad = list.map((each, k) =>
      k % 32 < 8 ? { ...each, received: each.received + 2, sent: each.sent } : each,
    );
    expect(Math.abs(clockOf(recordOf(bad))!.ratePpm - 50)).toBeLessThan(1);
  });

  it("keeps its precision at ticks near 2^53, and at a host clock that has run for a year", () => {
    const late = exchanges({ ppm: 80, start: 3e7, count: 128, every: 1, seed: 4, ...steady }).map((each) => ({
      ...each,
      ticks: each.ticks + 2 ** 52,
    }));
    expect(Math.abs(clockOf(recordOf(late))!.ratePpm - 80)).toBeLessThan(0.1);
  });
});

function leastSquaresPpm(list: readonly Exchange[]): number {
  const x = list.map(({ ticks }) => ticks / tickHz);
  const y = list.map(({ sent, received }) => (sent + received) / 2);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const slope =
    x.reduce((sum, each, k) => sum + (each - mx) * (y[k]! - my), 0) /
    x.reduce((sum, each) => sum + (each - mx) ** 2, 0);
  return (1 / slope - 1) * 1e6;
}

describe("a record of exchanges", () => {
  const list = exchanges({ ppm: 0, start: 0, count: 20, every: 1, seed: 1, ...steady });

  it("begins anew with another boot, and where the ticks went back", () => {
    const before = recordOf(list);
    const next = { sent: 30, received: 30.001, ticks: list[19]!.ticks + 100 };
    expect(observed(before, next).exchanges).toHaveLength(21);
    expect(observed(before, next, 2)).toMatchObject({ bootId: 2, exchanges: [next] });
    expect(observed(before, { ...next, ticks: 5 }).exchanges).toHaveLength(1);
  });

  it("gives no clock for fewer than eight exchanges, nor for ticks that stand still", () => {
    expect(clockOf(recordOf(list.slice(0, 7)))).toBeUndefined();
    expect(clockOf(recordOf(list.slice(0, 8)))).toBeDefined();
    expect(clockOf(recordOf(list.map((each) => ({ ...each, ticks: 9 }))))).toBeUndefined();
  });

  it("forgets the oldest beyond 512: a clock that changed its rate is known by the new one", () => {
    const slow = exchanges({ ppm: -100, start: 0, count: 512, every: 1, seed: 5, ...steady });
    const shift = slow.at(-1)!.ticks + tickHz;
    const fast = exchanges({ ppm: 100, start: 600, count: 512, every: 1, seed: 6, ...steady }).map(
      (each) => ({
        ...each,
        ticks: each.ticks + shift,
      }),
    );
    const record = recordOf([...slow, ...fast]);
    expect(record.exchanges).toHaveLength(512);
    expect(Math.abs(clockOf(record)!.ratePpm - 100)).toBeLessThan(0.1);
  });
});

describe("a session's clock", () => {
  const folder = mkdtempSync(join(tmpdir(), "mho-clock-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is that of a board whose clock is 5000 ppm slow and began 100 s before, over a link with delays", async () => {
    const clock = steppedClock();
    const core = ledgerCore({ tickHz: 1e6 });
    const sense = core.sense.bind(core);
    core.sense = () => ({ ...sense(), ticks: Math.floor((100 + clock.now()) * (1 - 5000e-6) * 1e6) });
    const linkFaults = { seed: 5, chances: { delay: 0.3 }, delay: seconds(0.05), from: 6 };
    const path = join(folder, "session.mho");
    const kept = recorder(path, { mho: "", command: [], started: "" }, { clock });
    const measured = async () => {
      const endpoint = new Endpoint(core, { clock });
      const [near, far] = pipe();
      void endpoint.attach(faulty(far, linkFaults, { clock, restart: () => endpoint.restart() }));
      const board = await wireBoard(kept.tap(near), { clock });
      expect((await board.linkFigures(7)).clock).toBeUndefined();
      return (await board.linkFigures(400)).clock!;
    };
    const fitted = await clock.run(measured());
    expect(fitted.exchanges).toBe(407);
    expect(Math.abs(fitted.ratePpm + 5000)).toBeLessThanOrEqual(fitted.ratePpmError);
    expect(fitted.ratePpmError).toBeLessThan(2500);
    const { at, error } = hostTime(fitted, 103e6 * (1 - 5000e-6));
    expect(Math.abs(at - 3)).toBeLessThanOrEqual(error);
    expect(error).toBeLessThan(0.05);

    // A recording knows it too, by its own clock, which began with the session.
    kept.close();
    const seen = recordedClock((await readRecording(path)).links[0]!)!;
    expect(seen).toEqual({ ...fitted, at: seen.at, offset: seen.offset });
    expect(seen.at).toBeCloseTo(fitted.at, 9);
  });
});
