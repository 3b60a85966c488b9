import { measured, timeOut } from "./round-trip.ts";
import {
  type Action,
  type Asked,
  after,
  type Event,
  type Failure,
  isChange,
  isStream,
  isUrgent,
  type Open,
  type State,
  type Step,
} from "./state.ts";

/** Time-outs in a row after which a lost frame is no longer the likeliest cause. */
const doubtful = 2;

/**
 * What a session does next. No side effect: the caller acts the actions out, in order.
 *
 * At most one `change` is open, and alone in the board's queue; queries and streams share the window. A lost `query`
 * or `change` is sent again under its number, which the board knows; a lost stream expires, and whoever asked for it
 * asks for what is missing.
 */
export function next(state: State, event: Event): Step {
  switch (event.saw) {
    case "ask": {
      const { ticket, what, size } = event;
      return sendable({ ...state, waiting: [...state.waiting, { ticket, what, size }] }, event.at, []);
    }
    case "frame":
      return heard(state, event);
    case "tick":
      return timedOut(state, event.at);
    case "cancel":
      return cancelled(state, event.ticket, event.at);
    case "over":
      return failAll(state, event.why);
    default:
      return event satisfies never;
  }
}

/** When the session wants its next tick; undefined while nothing is open. */
export function wakeAt(state: State): number | undefined {
  if (state.open.length === 0) return undefined;
  return state.open.reduce(
    (soonest, open) => Math.min(soonest, open.deadline),
    state.lastSent + state.limits.keepAlive,
  );
}

function failAll(state: State, why: Failure): Step {
  const actions = [...state.open, ...state.waiting].map(
    ({ ticket }): Action => ({ do: "fail", ticket, why }),
  );
  return [{ ...state, open: [], waiting: [] }, actions];
}

/** Sends what may be sent now: the first of the queue, and everything urgent. */
function sendable(start: State, at: number, actions: Action[]): Step {
  let state = start;
  const held: Asked[] = [];
  for (const asked of start.waiting) {
    const mayGo =
      maySend(state, asked) && (isUrgent(asked.what) || held.every((other) => isUrgent(other.what)));
    if (mayGo) state = send(state, { ...asked, tries: 0, cancelled: false }, { at, actions });
    else held.push(asked);
  }
  return [{ ...state, waiting: held }, actions];
}

function maySend(state: State, asked: Asked): boolean {
  const underway = state.open.filter((open) => open.unseen).reduce((sum, open) => sum + open.size, 0);
  // With nothing underway the board's buffer is empty, whatever it last said; a frame always fits then.
  if (underway > 0 && underway + asked.size > state.credits) return false;
  const queued = state.open.filter((open) => !isUrgent(open.what));
  if (isUrgent(asked.what)) return state.open.length - queued.length < state.limits.urgent;
  if (isChange(asked.what)) return queued.length === 0 && !state.open.some((open) => open.what === "abort");
  return queued.length < state.window && !queued.some((open) => isChange(open.what));
}

type Sendable = Asked & { readonly tries: number; readonly cancelled: boolean; readonly seq?: number };

function send(state: State, asked: Sendable, { at, actions }: { at: number; actions: Action[] }): State {
  const again = asked.seq !== undefined;
  const seq = asked.seq ?? state.nextSeq;
  const alone = isUrgent(asked.what) || !state.open.some((open) => !isUrgent(open.what));
  const open: Open = {
    ticket: asked.ticket,
    what: asked.what,
    size: asked.size,
    seq,
    sentAt: at,
    deadline: at + timeOut(state.trip, state.silent, asked.size + state.limits.frame),
    tries: asked.tries,
    unseen: true,
    timed: alone && !again && !isChange(asked.what),
    cancelled: asked.cancelled,
    aborting: false,
  };
  actions.push({ do: "send", ticket: asked.ticket, seq, again, fresh: again || state.open.length === 0 });
  return { ...state, open: [...state.open, open], nextSeq: again ? state.nextSeq : after(seq), lastSent: at };
}

/** A request whose frame or whose answer went missing. */
function retry(state: State, lost: Open, at: number, actions: Action[]): State {
  const rest = { ...state, open: state.open.filter((open) => open !== lost) };
  const why: Failure | undefined =
    lost.tries >= state.limits.tries
      ? "silent"
      : lost.cancelled && !isChange(lost.what)
        ? "cancelled"
        : isStream(lost.what)
          ? "expired"
          : undefined;
  if (why === undefined) return send(rest, { ...lost, tries: lost.tries + 1 }, { at, actions });
  actions.push({ do: "fail", ticket: lost.ticket, why });
  return rest;
}

function heard(state: State, event: Extract<Event, { saw: "frame" }>): Step {
  const at = event.at;
  const index = state.open.findIndex((open) => open.seq === event.re);
  const mine = state.open[index];
  const answered = mine && event.kind !== "event" ? mine : undefined;
  const wait = timeOut(state.trip, 0, state.limits.frame);
  const open = state.open
    .filter((other) => other !== answered)
    .map((other, i) => refreshed(other, i < index || other === mine, at + wait));
  const trip = mine?.timed ? measured(state.trip, at - mine.sentAt, mine.size + event.size) : state.trip;
  const credits = mine ? event.credits : state.credits;
  const actions: Action[] = [];
  let after: State = { ...state, open, trip, credits, silent: 0 };
  if (mine && event.kind === "noSession") return failAll(state, "rebooted");
  if (mine && !answered) actions.push({ do: "tell", ticket: mine.ticket });
  if (answered) after = settled(after, answered, event, actions);
  if (state.silent >= doubtful) for (const lost of open) after = retryOf(after, lost.seq, at, actions);
  // The board serves its queue in order: what was sent before this one and has no answer never arrived. It is busy at once.
  if (mine && !isUrgent(mine.what) && event.kind !== "busy")
    for (const lost of state.open.slice(0, index))
      if (!isUrgent(lost.what)) after = retryOf(after, lost.seq, at, actions);
  return answered || actions.length > 0 || credits !== state.credits
    ? abortHead(sendable(after, at, actions))
    : [after, actions];
}

/** A sign of life moves every deadline of the queue; what is urgent should have been answered at once. */
function refreshed(open: Open, seen: boolean, deadline: number): Open {
  const until = isUrgent(open.what) ? Math.min(open.deadline, deadline) : deadline;
  const unseen = open.unseen && !seen;
  if (until === open.deadline && unseen === open.unseen && !open.timed) return open;
  return { ...open, deadline: until, unseen, timed: open.timed && !seen };
}

function retryOf(state: State, seq: number, at: number, actions: Action[]): State {
  const lost = state.open.find((open) => open.seq === seq);
  return lost ? retry(state, lost, at, actions) : state;
}

function settled(
  state: State,
  mine: Open,
  event: Extract<Event, { saw: "frame" }>,
  actions: Action[],
): State {
  if (event.kind === "busy" && !mine.cancelled) return comeBack(state, mine);
  if (event.kind === "busy") actions.push({ do: "fail", ticket: mine.ticket, why: "cancelled" });
  else if (event.kind !== "aborted") actions.push({ do: "settle", ticket: mine.ticket });
  else if (mine.cancelled) actions.push({ do: "fail", ticket: mine.ticket, why: "cancelled" });
  else if (isChange(mine.what)) actions.push({ do: "fail", ticket: mine.ticket, why: "aborted" });
  // Another caller's abort hit it, or the watchdog did: nothing was changed, so it may be carried out after all.
  else return retry(state, mine, event.at, actions);
  return { ...state, window: Math.min(state.limits.window, state.window + 1) };
}

/**
 * The board's queue still holds requests that were given up here, so it had no room. Nothing was carried out: it is asked
 * again, under a new number, when something else has left the queue; at once where nothing else is in it.
 */
function comeBack(state: State, { ticket, what, size }: Open): State {
  const queued = state.open.filter((open) => !isUrgent(open.what)).length;
  return { ...state, window: Math.max(1, queued), waiting: [{ ticket, what, size }, ...state.waiting] };
}

function timedOut(state: State, at: number): Step {
  const late = state.open.filter((open) => open.deadline <= at);
  const actions: Action[] = [];
  if (late.length === 0) {
    if (state.open.length === 0 || at < state.lastSent + state.limits.keepAlive) return [state, actions];
    return [{ ...state, lastSent: at }, [{ do: "ask", what: "ping" }]];
  }
  const silent = state.silent + 1;
  if (silent > state.limits.tries) return failAll(state, "silent");
  if (silent >= doubtful) {
    // A restarted board would carry out a change a second time: nothing goes out again until it has shown its boot id.
    const deadline = at + timeOut(state.trip, silent, state.limits.frame);
    const open = state.open.map((other) => ({ ...other, deadline, timed: false }));
    return [{ ...state, silent, open, lastSent: at }, [{ do: "probe" }]];
  }
  let after: State = { ...state, silent };
  for (const lost of late) after = retryOf(after, lost.seq, at, actions);
  return abortHead(sendable(after, at, actions));
}

function cancelled(state: State, ticket: number, at: number): Step {
  if (state.waiting.some((asked) => asked.ticket === ticket)) {
    const waiting = state.waiting.filter((asked) => asked.ticket !== ticket);
    return sendable({ ...state, waiting }, at, [{ do: "fail", ticket, why: "cancelled" }]);
  }
  const open = state.open.map((other) => (other.ticket === ticket ? { ...other, cancelled: true } : other));
  return abortHead([{ ...state, open }, []]);
}

/** `abort` names no request, so it is sent only while the one at the head of the board's queue is to be ended. */
function abortHead([state, actions]: Step): Step {
  const head = state.open.find((open) => !isUrgent(open.what));
  if (!head?.cancelled || head.aborting) return [state, actions];
  const open = state.open.map((other) => (other === head ? { ...other, aborting: true } : other));
  return [{ ...state, open }, [...actions, { do: "ask", what: "abort" }]];
}
