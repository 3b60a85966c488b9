import { decodeMessage, type Frame, type MessageName, MhoError, refusals } from "#protocol";
import { linkLost } from "../closing.ts";
import type { Failure } from "./state.ts";

const doings: Partial<Record<MessageName, string>> = {
  program: "programming cells",
  pulse: "pulsing a cell",
  readCells: "reading cells",
  readOut: "reading out",
};
export const doing = (what: MessageName): string => doings[what] ?? `asking for ${what}`;

/** The error that a caller sees for a request that came to no answer. */
export function failureOf(why: Failure, about: { what: MessageName; url: string; waited: number }): MhoError {
  const { what, url } = about;
  switch (why) {
    case "silent":
    case "expired":
      return new MhoError("BOARD_SILENT", { url, what, seconds: Math.round(about.waited * 10) / 10 });
    case "rebooted":
      return new MhoError("BOARD_REBOOTED", { doing: doing(what) });
    case "lost":
      return linkLost(url, doing(what));
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
