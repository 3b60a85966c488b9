import { z } from "zod";
import { type BoardClock, type BoardSource, MhoError, parseLine, type Reply, sources } from "#protocol";
import type { Outcome, RecordingHead } from "./recording.ts";
import { type FileRecord, readRecords } from "./recording-file.ts";
import { clockOf, newClockRecord, observed } from "./session/index.ts";

/** A message of a recording, as a line of text mode. */
export interface RecordedMessage {
  readonly at: number;
  readonly side: "request" | "reply";
  readonly mode: "text" | "binary";
  readonly line: string;
}

/** One link from its opening on. Times are seconds since the recording began. */
export interface RecordedLink {
  readonly url: string;
  readonly opened: number;
  readonly ended: number;
  readonly bytes: { readonly toBoard: number; readonly toHost: number };
  readonly chunks: { readonly toBoard: number; readonly toHost: number };
  readonly messages: readonly RecordedMessage[];
  /** Why the link ended, where mho did not end it. */
  readonly lost: string | undefined;
}

export interface Recording {
  readonly path: string;
  readonly head: RecordingHead & { readonly tableHash: number };
  readonly links: readonly RecordedLink[];
  /** Nothing where the recording breaks off before the end. */
  readonly outcome: Outcome | undefined;
  readonly blocks: number;
  /** Bytes at its end that are no whole block. */
  readonly torn: number;
}

const Head = z.object({
  mho: z.string(),
  command: z.array(z.string()),
  started: z.string(),
  tableHash: z.int(),
});
const Message = z.object({ mode: z.enum(["text", "binary"]), line: z.string() });
const Lost = z.object({ why: z.string() });
const Link = z.object({ url: z.string() });
const End = z.object({ exitCode: z.int(), document: z.unknown() });

interface Gathered {
  url: string;
  opened: number;
  ended: number;
  readonly bytes: { toBoard: number; toHost: number };
  readonly chunks: { toBoard: number; toHost: number };
  readonly messages: RecordedMessage[];
  lost: string | undefined;
}

/** Reads a recording as far as it is whole. Errors: FILE_UNREADABLE, FILE_BROKEN. */
export async function readRecording(path: string): Promise<Recording> {
  const { records, blocks, torn } = await readRecords(path);
  const first = records[0];
  if (first?.kind !== "head")
    throw new MhoError("FILE_BROKEN", { path, kind: "recording", why: "it ends before its first block" });
  const links: Gathered[] = [];
  let outcome: Outcome | undefined;
  for (const record of records)
    if (record.kind === "link") links[record.link] = gathered(record);
    else if (record.kind === "outcome") outcome = parsed(End, record) as Outcome;
    else if (record.kind !== "head") take(links[record.link]!, record);
  return { path, head: parsed(Head, first), links, outcome, blocks, torn };
}

const parsed = <T>(shape: z.ZodType<T>, { bytes }: FileRecord): T =>
  shape.parse(JSON.parse(new TextDecoder().decode(bytes)));

const gathered = (record: FileRecord): Gathered => ({
  url: parsed(Link, record).url,
  opened: record.at,
  ended: record.at,
  bytes: { toBoard: 0, toHost: 0 },
  chunks: { toBoard: 0, toHost: 0 },
  messages: [],
  lost: undefined,
});

function take(link: Gathered, record: FileRecord): void {
  const { kind, at } = record;
  link.ended = at;
  if (kind === "toBoard" || kind === "toHost") {
    link.bytes[kind] += record.bytes.length;
    link.chunks[kind]++;
  }
  if (kind === "lost") link.lost = parsed(Lost, record).why;
  if (kind === "request" || kind === "reply")
    link.messages.push({ at, side: kind, ...parsed(Message, record) });
}

/**
 * The board's clock against the one of the recording, whose zero is its beginning, from the recorded pings; nothing where
 * they are too few. A ping that was sent again tells nothing: nobody knows which of them was answered.
 */
export function recordedClock({ messages }: RecordedLink): BoardClock | undefined {
  const hello = lastHello(messages);
  if (!hello) return undefined;
  const asked = new Map<number | undefined, number | "again">();
  let record = newClockRecord(hello.bootId, hello.tickHz);
  for (const { at, side, line } of messages) {
    if (!/^(#\d+ )?(ok )?ping /.test(line)) continue;
    const said = side === "request" ? parseLine(line, side) : parseLine(line, side);
    const sent = asked.get(said?.seq);
    if (side === "request") asked.set(said?.seq, sent === undefined ? at : "again");
    else if (said?.side === "reply" && said.name === "ping") {
      if (typeof sent === "number")
        record = observed(record, { sent, received: at, ticks: said.values.ticks });
      asked.delete(said.seq);
    }
  }
  return clockOf(record);
}

function lastHello(messages: readonly RecordedMessage[]): Reply<"hello"> | undefined {
  const said = messages.findLast(({ side, line }) => side === "reply" && /^(#\d+ )?ok hello /.test(line));
  const line = said && parseLine(said.line, "reply");
  return line?.name === "hello" ? line.values : undefined;
}

/** Who a board of a recording said it was. */
export interface RecordedBoard {
  readonly uid: string;
  readonly source: BoardSource;
  readonly firmware: string;
  readonly profile: string;
  readonly bootId: number;
  readonly protocol: { readonly major: number; readonly minor: number };
}

/** The board at the other end of a recorded link, by its last hello; nothing where none was answered. */
export function recordedBoard({ messages }: RecordedLink): RecordedBoard | undefined {
  const hello = lastHello(messages);
  if (!hello) return undefined;
  const { uid, source, firmware, profile, bootId, major, minor } = hello;
  return { uid, source: sources[source]!, firmware, profile, bootId, protocol: { major, minor } };
}
