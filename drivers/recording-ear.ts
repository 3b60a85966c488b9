import { type Frame, FrameDecoder, formatLine, messageOf, noRequest, parseLine, type Side } from "#protocol";
import { lineReader } from "./line-guard.ts";
import { lineOf } from "./session/index.ts";

/** A message that went over the line, as a line of text mode says it, and the mode that it went in. */
export interface Overheard {
  readonly line: string;
  readonly mode: "text" | "binary";
}

/** As long as the longest line that a session reads. */
const longestLine = 1 << 18;

/**
 * Understands one direction of a line without being a party to it: requests, replies and events out of chunks cut
 * anywhere, in whichever mode. Frames have a CRC-32C, and lines hold nothing but printable ASCII, so neither is taken for
 * the other; what is neither is passed over.
 */
export function ear(side: Side, hear: (message: Overheard) => void): (chunk: Uint8Array) => void {
  const frames = new FrameDecoder();
  const lines = lineReader((text) => {
    const line = spoken(text, side);
    if (line !== undefined) hear({ line, mode: "text" });
  }, longestLine);
  return (chunk) => {
    for (const frame of frames.push(chunk))
      if (messageOf(frame.id)?.side === side) hear({ line: shown(frame), mode: "binary" });
    lines.push(chunk);
  };
}

/** A line of text mode with its aliases and defaults resolved; nothing where it is none, or a word without values. */
function spoken(text: string, side: Side): string | undefined {
  if (!/^\0*[\x20-\x7e]+\0*$/.test(text)) return undefined;
  const line = side === "request" ? parseLine(text, side) : parseLine(text, side);
  if (!line || line.side !== side || line.name === "log") return undefined;
  if (line.name === "help" || line.name === "text" || line.name === "binary") return undefined;
  return formatLine(line);
}

/** A frame whose payload does not hold is kept too: as words that are no message. */
function shown(frame: Frame): string {
  try {
    return lineOf(frame).trimEnd();
  } catch (error) {
    const seq = frame.re === noRequest ? frame.seq : frame.re;
    return `unreadable frame ${seq}: ${(error as Error).message}`;
  }
}
