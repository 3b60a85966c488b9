import { describe, expect, it } from "vitest";
import type { MessageName } from "#protocol";
import { next, wakeAt } from "../../drivers/session/next.ts";
import { measured, noRoundTrip, timeOut } from "../../drivers/session/round-trip.ts";
import {
  type Action,
  after,
  type Event,
  initialState,
  older,
  oldestOpen,
  type State,
} from "../../drivers/session/state.ts";

const limits = { window: 3, urgent: 9, frame: 1000, keepAlive: 0.7, tries: 6 };
const ask = (ticket: number, what: MessageName, size = 30, at = 0): Event => ({
  saw: "ask",
  ticket,
  what,
  size,
  at,
});
const reply = (re: number, at = 0.1, credits = 1000): Event => ({
  saw: "frame",
  re,
  credits,
  size: 30,
  kind: "reply",
  at,
});

/** State after some events, and all actions on the way. */
function run(
  events: readonly Event[],
  start: State = initialState(limits),
): { state: State; actions: Action[] } {
  const actions: Action[] = [];
  let state = start;
  for (const event of events) {
    const [then, done] = next(state, event);
    state = then;
    actions.push(...done);
  }
  return { state, actions };
}
const sent = (actions: readonly Action[]): number[] =>
  actions.flatMap((a) => (a.do === "send" ? [a.ticket] : []));
const failed = (actions: readonly Action[]): string[] =>
  actions.flatMap((a) => (a.do === "fail" ? [a.why] : []));

describe("a board whose queue is full of what was given up", () => {
  const busy = (re: number): Event => ({ saw: "frame", re, credits: 1000, size: 30, kind: "busy", at: 0.1 });

  it("is asked again when something has left its queue, under a new number, and trusted with more step by step", () => {
    const start = run([ask(1, "readOut"), ask(2, "readCells"), ask(3, "readOut"), ask(4, "readOut")]);
    const [refused, nothing] = next(start.state, busy(2));
    expect(sent(nothing)).toEqual([]);
    expect(failed(nothing)).toEqual([]);
    const [freed, again] = next(refused, reply(0));
    expect(again).toContainEqual(expect.objectContaining({ do: "send", ticket: 3, seq: 3, again: false }));
    expect(sent(again)).toEqual([3, 4]);
    expect(freed.open).toHaveLength(3);
  });

  it("is asked again at once where nothing else is open, also for a change", () => {
    const [, actions] = next(run([ask(1, "pulse")]).state, busy(0));
    expect(actions).toContainEqual(expect.objectContaining({ do: "send", ticket: 1, seq: 1, again: false }));
  });

  it("does not hold up the end of a request that was called off", () => {
    const { state } = run([ask(1, "readOut"), { saw: "cancel", ticket: 1, at: 0 }]);
    expect(failed(next(state, busy(0))[1])).toEqual(["cancelled"]);
  });
});

describe("what a session sends", () => {
  it("fills the window with read-outs and queries, and no further", () => {
    const { state, actions } = run([
      ask(1, "readOut"),
      ask(2, "readCells"),
      ask(3, "readOut"),
      ask(4, "readOut"),
    ]);
    expect(sent(actions)).toEqual([1, 2, 3]);
    expect(sent(next(state, reply(0))[1])).toEqual([4]);
  });

  it("sends a change only when it is alone in the queue, and nothing of the queue beside it", () => {
    const { state, actions } = run([ask(1, "readOut"), ask(2, "pulse"), ask(3, "readOut")]);
    expect(sent(actions)).toEqual([1]);
    const [pulsing, then] = next(state, reply(0));
    expect(sent(then)).toEqual([2]);
    expect(sent(next(pulsing, reply(1))[1])).toEqual([3]);
  });

  it("lets what is urgent pass everything that waits", () =>
    expect(sent(run([ask(1, "program"), ask(2, "pulse"), ask(3, "idle"), ask(4, "ping")]).actions)).toEqual([
      1, 3, 4,
    ]));

  it("never has more bytes underway than the board has room for, but always one frame", () => {
    const { state, actions } = run([ask(1, "readOut", 5000), ask(2, "readOut", 600), ask(3, "readOut", 600)]);
    expect(sent(actions)).toEqual([1]);
    const [roomy, then] = next(state, {
      saw: "frame",
      re: 0,
      credits: 700,
      size: 30,
      kind: "event",
      at: 0.1,
    });
    expect(sent(then)).toEqual([2]);
    expect(sent(next(roomy, reply(0, 0.2, 1300))[1])).toEqual([3]);
  });

  it("says something every third of the watchdog's time while a request is open, and nothing otherwise", () => {
    const { state } = run([ask(1, "program")]);
    expect(wakeAt(state)).toBe(0.7);
    expect(next(state, { saw: "tick", at: 0.7 })[1]).toEqual([{ do: "ask", what: "ping" }]);
    expect(wakeAt(next(state, reply(0))[0])).toBeUndefined();
  });

  it("numbers requests without the two numbers that mean something else, and orders them across the wrap", () => {
    expect(after(0xfffd)).toBe(0);
    expect(older(0xfff0, 3)).toBe(true);
    expect(older(3, 0xfff0)).toBe(false);
    const { state } = run([ask(1, "readOut"), ask(2, "readOut")], {
      ...initialState(limits),
      nextSeq: 0xfffd,
    });
    expect(state.open.map((open) => open.seq)).toEqual([0xfffd, 0]);
    expect(oldestOpen(state, 1)).toBe(0xfffd);
  });
});

describe("what a session does about silence", () => {
  const tick = (at: number): Event => ({ saw: "tick", at });

  it("repeats a query and a change under their number; a stream expires", () => {
    const query = run([ask(1, "readCells"), tick(1.2)]);
    expect(query.actions.at(-1)).toMatchObject({ do: "send", ticket: 1, seq: 0, again: true, fresh: true });
    expect(run([ask(1, "pulse"), tick(1.2)]).actions.at(-1)).toMatchObject({
      do: "send",
      seq: 0,
      again: true,
    });
    expect(failed(run([ask(1, "readOut"), tick(1.2)]).actions)).toEqual(["expired"]);
  });

  it("repeats nothing after two time-outs in a row until the board has shown its boot id", () => {
    const { state, actions } = run([ask(1, "pulse"), tick(1.2), tick(3.5)]);
    expect(actions.slice(-1)).toEqual([{ do: "probe" }]);
    const [, then] = next(state, { saw: "frame", re: 0xfffe, credits: 0, size: 30, kind: "reply", at: 3.6 });
    expect(then).toMatchObject([{ do: "send", ticket: 1, seq: 0, again: true }]);
  });

  it("gives up after six time-outs in a row, and fails everything that is open or waits", () => {
    const ticks = Array.from({ length: 9 }, (_, i) => tick(2 + 10 * i));
    expect(failed(run([ask(1, "pulse"), ask(2, "pulse"), ...ticks]).actions)).toEqual(["silent", "silent"]);
  });

  it("repeats at once what the board passed over: it answers its queue in order", () => {
    const { actions } = run([ask(1, "readCells"), ask(2, "readCells"), reply(1)]);
    expect(actions.slice(2)).toMatchObject([
      { do: "settle", ticket: 2 },
      { do: "send", ticket: 1, again: true },
    ]);
  });

  it("waits on while progress comes", () => {
    const progress: Event = { saw: "frame", re: 0, credits: 1000, size: 30, kind: "event", at: 1.0 };
    const { state, actions } = run([ask(1, "program"), progress, tick(1.2)]);
    expect(sent(actions)).toEqual([1]);
    expect(state.silent).toBe(0);
  });

  it("takes a change refused for want of a session as a restart", () =>
    expect(
      failed(
        run([ask(1, "pulse"), { saw: "frame", re: 0, credits: 9, size: 30, kind: "noSession", at: 1 }])
          .actions,
      ),
    ).toEqual(["rebooted"]));
});

describe("what a session does about cancelling", () => {
  const cancel = (ticket: number): Event => ({ saw: "cancel", ticket, at: 0.1 });

  it("takes back what was not sent", () =>
    expect(failed(run([ask(1, "program"), ask(2, "pulse"), cancel(2)]).actions)).toEqual(["cancelled"]));

  it("aborts only what stands at the head of the board's queue, for abort names no request", () => {
    const { state, actions } = run([ask(1, "readOut"), ask(2, "readOut"), cancel(2)]);
    expect(actions.some((a) => a.do === "ask")).toBe(false);
    expect(next(state, reply(0))[1]).toContainEqual({ do: "ask", what: "abort" });
  });

  it("carries on with a read-out that somebody else's abort hit", () => {
    const { actions } = run([
      ask(1, "readOut"),
      { saw: "frame", re: 0, credits: 9, size: 30, kind: "aborted", at: 1 },
    ]);
    expect(failed(actions)).toEqual(["expired"]);
  });
});

describe("the time-out", () => {
  it("starts at a second, then follows mean + 4 deviations as RFC 6298 reckons them", () => {
    expect(timeOut(noRoundTrip, 0, 0)).toBe(1);
    const trips = [0.2, 0.4].reduce((trip, seconds) => measured(trip, seconds, 100), noRoundTrip);
    expect(trips.mean).toBeCloseTo(0.225, 12);
    expect(trips.deviation).toBeCloseTo(0.125, 12);
    expect(timeOut(trips, 0, 0)).toBeCloseTo(0.725, 12);
  });
  it("allows for the bytes on the line: 20 ms for 2 KiB at 1 Mbaud, 0.18 s while nothing is known", () => {
    const fast = measured(noRoundTrip, 0.001, 100);
    expect(timeOut(fast, 0, 2048) - timeOut(fast, 0, 0)).toBeCloseTo(0.02048, 9);
    expect(timeOut(noRoundTrip, 0, 2048)).toBeCloseTo(1.1778, 4);
  });
  it("is never below a USB stall of 0.25 s, doubles with each silence, and ends at 4 s", () => {
    const quick = measured(noRoundTrip, 0.001, 100);
    expect([0, 1, 2, 3, 4, 5].map((silent) => timeOut(quick, silent, 0))).toEqual([0.25, 0.5, 1, 2, 4, 4]);
  });
});
