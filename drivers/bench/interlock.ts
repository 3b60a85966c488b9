import type { Kelvin, Seconds } from "#protocol";

/** Why supply and heater are off. */
export const causes = [
  "stopOpen",
  "stopSilent",
  "tooHot",
  "thermometerAbsurd",
  "thermometerSilent",
  "hostLate",
  "boardRestarted",
  "linkLost",
] as const;
export type Cause = (typeof causes)[number];

export interface InterlockLimits {
  /** Temperatures at which a thermometer is believed. Above `hottest` the bench is too hot. */
  readonly coldest: Kelvin;
  readonly hottest: Kelvin;
  /** Longest time without a word of the stop or of the thermometer. */
  readonly silence: Seconds;
}

/** What happens to a bench. `at` counts from any start and never goes back. */
export type InterlockEvent = { readonly at: Seconds } & (
  | { readonly saw: "stop"; readonly open: boolean }
  | { readonly saw: "temperature"; readonly kelvin: number }
  | { readonly saw: "time" }
  /** The board's own watchdog has cut the outputs. */
  | { readonly saw: "watchdog" }
  | { readonly saw: "restart" | "loss" }
  | { readonly saw: "supply"; readonly on: boolean }
  | { readonly saw: "heater"; readonly power: number }
  | { readonly saw: "reset" }
);

/** What is to be done, in this order. */
export type InterlockAction =
  | { readonly set: "supply"; readonly on: boolean }
  | { readonly set: "heater"; readonly power: number }
  | { readonly set: "status"; readonly armed: boolean };

export interface InterlockState {
  readonly now: Seconds;
  readonly stop: { readonly open: boolean; readonly at: Seconds } | undefined;
  readonly temperature: { readonly kelvin: number; readonly at: Seconds } | undefined;
  /** The board's pins are not ours any more: nothing but opening the bench anew mends that. */
  readonly gone: Extract<Cause, "boardRestarted" | "linkLost"> | undefined;
  /** Latched: only a reset takes a cause away, and only one that is over. */
  readonly trips: readonly Cause[];
  readonly supply: boolean;
  /** 0 … 1. */
  readonly heater: number;
}

/** Tripped, as nothing has been heard of the stop and of the thermometer. */
export const unarmed = (now: Seconds): InterlockState => ({
  ...{ now, stop: undefined, temperature: undefined, gone: undefined },
  ...{ trips: ["stopSilent", "thermometerSilent"], supply: false, heater: 0 },
});

/** What speaks against driving anything, as things stand. */
export function presentCauses(state: InterlockState, limits: InterlockLimits): Cause[] {
  const { now, stop, temperature, gone } = state;
  const silent = (heard: { readonly at: Seconds } | undefined): boolean =>
    heard === undefined || now - heard.at > limits.silence;
  const found: Cause[] = [];
  if (silent(stop)) found.push("stopSilent");
  if (stop?.open) found.push("stopOpen");
  if (silent(temperature)) found.push("thermometerSilent");
  if (temperature && temperature.kelvin > limits.hottest) found.push("tooHot");
  if (temperature && !(temperature.kelvin >= limits.coldest && temperature.kelvin < Number.POSITIVE_INFINITY))
    found.push("thermometerAbsurd");
  if (gone) found.push(gone);
  return found;
}

/**
 * The next state of the interlock, and what is to be done. Supply and heater are on only while nothing speaks against it and
 * no trip is latched; whatever trips it puts both off at once, and they stay off until somebody asks anew after a reset.
 */
export function nextInterlock(
  state: InterlockState,
  event: InterlockEvent,
  limits: InterlockLimits,
): { readonly state: InterlockState; readonly actions: readonly InterlockAction[] } {
  const seen = taken(state, event);
  const present = presentCauses(seen, limits);
  const latched =
    event.saw === "reset"
      ? []
      : [...seen.trips, ...(event.saw === "watchdog" ? (["hostLate"] as const) : [])];
  const trips = causes.filter((cause) => latched.includes(cause) || present.includes(cause));
  const next = trips.length > 0 ? { ...seen, trips, supply: false, heater: 0 } : { ...seen, trips };
  return { state: next, actions: actionsOf(state, next) };
}

/** What an event tells, before anything is made of it. */
function taken(state: InterlockState, event: InterlockEvent): InterlockState {
  const now = event.at > state.now ? event.at : state.now;
  switch (event.saw) {
    case "stop":
      return { ...state, now, stop: { open: event.open, at: now } };
    case "temperature":
      return { ...state, now, temperature: { kelvin: event.kelvin, at: now } };
    case "restart":
      return { ...state, now, gone: "boardRestarted" };
    case "loss":
      return { ...state, now, gone: "linkLost" };
    case "supply":
      return { ...state, now, supply: event.on };
    case "heater":
      return { ...state, now, heater: Math.min(1, Math.max(0, event.power || 0)) };
    case "time":
    case "watchdog":
    case "reset":
      return { ...state, now };
    default:
      return event satisfies never;
  }
}

/** A trip is acted out whether or not anything was on: what the board does is not known, only what it was told. */
function actionsOf(before: InterlockState, after: InterlockState): InterlockAction[] {
  const armed = after.trips.length === 0;
  const tripping = after.trips.length > before.trips.length;
  const actions: InterlockAction[] = [];
  if (tripping || after.supply !== before.supply) actions.push({ set: "supply", on: after.supply });
  if (tripping || after.heater !== before.heater) actions.push({ set: "heater", power: after.heater });
  if (tripping || armed !== (before.trips.length === 0)) actions.push({ set: "status", armed });
  return actions;
}
