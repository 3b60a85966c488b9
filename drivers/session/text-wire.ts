import {
  decodeMessage,
  encodeMessage,
  type Frame,
  flagLast,
  formatLine,
  idOf,
  type Line,
  type MessageName,
  messageOf,
  messages,
  noRequest,
  parseLine,
} from "#protocol";
import { lineReader } from "../line-guard.ts";
import type { Wire } from "./wires.ts";

/** 32768 conductances of up to six characters and a comma each: the longest answer that a frame could hold. */
const longestLine = 1 << 18;

/** A frame as the line that says the same. Text mode knows no credits, and no oldest open request. */
export function lineOf(frame: Frame): string {
  const { name, side } = messageOf(frame.id)!;
  const seq = side === "request" ? frame.seq : frame.re;
  const numbered = seq === noRequest ? {} : { seq };
  return `${formatLine({ ...numbered, side, name, values: decodeMessage(name, side, frame.payload) } as Line<"request"> | Line<"reply">)}\n`;
}

/** The frame that says what a line says; `name` must be a message. */
export function frameOf(line: {
  seq?: number | undefined;
  side: "request" | "reply";
  name: MessageName;
  values: unknown;
}): Frame {
  const { name, side } = line;
  const last = side === "reply" && (name === "refused" || messages[name].repeat !== "event");
  const seq = line.seq ?? noRequest;
  const payload = encodeMessage(name, side, line.values as never);
  const numbers = side === "request" ? { seq, re: noRequest } : { seq: noRequest, re: seq };
  return { id: idOf(name, side), flags: last ? flagLast : 0, ...numbers, credits: noRequest, payload };
}

/** The host's side of text mode. Lines that are no replies go to `onLog`, whole. */
export function textWire(onLog: (line: string) => void = () => {}): Wire {
  const figures = { framesIn: 0, crcErrors: 0 };
  let hear = (_frame: Frame): void => {};
  const reader = lineReader((text) => {
    const line = parseLine(text.replaceAll("\0", ""), "reply");
    if (!line) return;
    if (/ \*[\da-f]{8}$/.test(text) && line.name === "log" && !text.startsWith("event")) figures.crcErrors++;
    if (line.name === "log") return onLog(line.values.line);
    if (line.name === "help" || line.name === "text" || line.name === "binary") return;
    figures.framesIn++;
    hear(frameOf(line));
  }, longestLine);
  return {
    afresh: Uint8Array.of(0x0a),
    encode: (frame) => Uint8Array.from(lineOf(frame), (letter) => letter.charCodeAt(0)),
    push: reader.push,
    listen: (onFrame) => {
      hear = onFrame;
    },
    get figures() {
      return { ...figures, discarded: reader.figures.droppedBytes };
    },
  };
}
