import { decodeMessage, type Frame, idOf, isMhoError, type MessageName, MhoError, refusals } from "#protocol";
import { linkLost } from "../closing.ts";
import type { Event, Failure } from "./state.ts";

const doings: Partial<Record<MessageName, string>> = {
  program: "programming cells",
  pulse: "pulsing a cell",
  readCells: "reading cells",
  readOut: "reading out",
};
export const doing = (what: MessageName): string => doings[what] ?? `asking for ${what}`;

/** The error that a caller sees for a request that came to no answer. */
export function failureOf(
  why: Failure,
  about: { what: MessageName; url: string; waited: number; reason?: Error | undefined },
): MhoError {
  const { what, url, reason } = about;
  switch (why) {
    case "silent":
    case "expired":
      return new MhoError("BOARD_SILENT", { url, what, seconds: Math.round(about.waited * 10) / 10 });
    case "rebooted":
      return new MhoError("BOARD_REBOOTED", { doing: doing(what) });
    case "lost":
      // A transport that knows better why it ended than that it did: a replay asked for what it does not hold.
      if (isMhoError(reason) && reason.code !== "LINK_LOST") return reason;
      return linkLost(url, doing(what), reason?.cause ?? reason);
    case "cancelled":
    case "aborted":
      return new MhoError("CANCELLED", { doing: doing(what) });
    default:
      return why satisfies never;
  }
}

/** The error for a request that the board would not carry out. */
export function refusedBy(frame: Frame, what: MessageName): MhoError {
  const { code, facts } = decodeMessage("refused", "reply", frame.payload);
  return new MhoError("BOARD_REFUSED", {
    request: what,
    why: `${refusals[code] ?? `code ${code}`} (${facts})`,
  });
}

/** What a frame that answers a request means to the session. */
export function kindOf(frame: Frame): Extract<Event, { saw: "frame" }>["kind"] {
  if ((frame.flags & 1) === 0) return "event";
  if (frame.id !== idOf("refused", "reply")) return "reply";
  const reason = refusals[decodeMessage("refused", "reply", frame.payload).code];
  return reason === "aborted" || reason === "noSession" || reason === "busy" ? reason : "refused";
}
