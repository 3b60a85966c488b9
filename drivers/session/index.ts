/** The host's side of the link: numbering, window, repetition, probing, time-outs. docs/link.md says what it guarantees. */
export { Alarm, turn } from "./alarm.ts";
export { clockOf, hostTime, newClockRecord, observed } from "./clock-regression.ts";
export { busyLine, type Mode } from "./opening.ts";
export { type Asking, openSession, type Session } from "./session.ts";
export { isUrgent, older } from "./state.ts";
export { frameOf, lineOf } from "./text-wire.ts";
export { delimiter, joined, toText } from "./wires.ts";
