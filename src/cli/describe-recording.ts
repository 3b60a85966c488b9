import {
  type RecordedLink,
  type RecordedMessage,
  type Recording,
  recordedBoard,
  recordedClock,
} from "#drivers";
import { parseLine } from "#protocol";
import { clockInWords } from "./describe.ts";
import { aligned, si } from "./text.ts";

interface Kind {
  requests: number;
  replies: number;
  /** Answers that were refusals. */
  refused: number;
  events: number;
  /** Seconds from each request to its answer. */
  readonly waits: number[];
}

/** Messages by kind. An answer counts under what was asked. */
function kindsOf(messages: readonly RecordedMessage[]): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  const open = new Map<number | undefined, { name: string; at: number }>();
  const kind = (name: string): Kind => {
    const known = kinds.get(name) ?? { requests: 0, replies: 0, refused: 0, events: 0, waits: [] };
    kinds.set(name, known);
    return known;
  };
  for (const { side, line, at } of messages) {
    const said = side === "request" ? parseLine(line, side) : parseLine(line, side);
    if (!said || said.side !== side || said.name === "log") {
      kind("unreadable").events++;
      continue;
    }
    const asked = open.get(said.seq);
    if (side === "request") {
      kind(said.name).requests++;
      if (!asked) open.set(said.seq, { name: said.name, at });
    } else if (line.replace(/^#\d+ /, "").startsWith("event ")) kind(said.name).events++;
    else {
      const of = kind(asked?.name ?? said.name);
      of.replies++;
      if (said.name === "refused") of.refused++;
      if (asked) of.waits.push(at - asked.at);
      open.delete(said.seq);
    }
  }
  return kinds;
}

const median = (values: readonly number[]): number | null =>
  values.length === 0 ? null : [...values].sort((a, b) => a - b)[values.length >> 1]!;

function linkDocument(link: RecordedLink) {
  const { url, opened, ended, bytes, chunks, messages, lost = null } = link;
  const kinds = [...kindsOf(messages)].map(([name, { waits, ...counts }]) => {
    const longest = waits.length > 0 ? Math.max(...waits) : null;
    return [name, { ...counts, secondsToAnswer: { median: median(waits), longest } }] as const;
  });
  const figures = messages.findLast(({ side, line }) => side === "reply" && line.includes("ok linkFigures "));
  const said = figures && parseLine(figures.line, "reply");
  return {
    url,
    board: recordedBoard(link) ?? null,
    modes: [...new Set(messages.map(({ mode }) => mode))],
    seconds: ended - opened,
    lost,
    bytes,
    chunks,
    messages: Object.fromEntries(kinds),
    clock: recordedClock(link) ?? null,
    /** The board's own counts, where it was asked for them. */
    boardFigures: said?.name === "linkFigures" ? said.values : null,
  };
}

/** What is in a recording, for `--json`. */
export function recordingDocument({ head, links, outcome, blocks, torn }: Recording) {
  return {
    kind: "recording",
    ...head,
    links: links.map(linkDocument),
    outcome: outcome ? { exitCode: outcome.exitCode } : null,
    whole: outcome !== undefined && torn === 0,
    blocks,
    torn,
  };
}

function linkLines(link: ReturnType<typeof linkDocument>): string[] {
  const { board, bytes, chunks } = link;
  const named = board
    ? `${board.source} board ${board.uid}, ${board.firmware}, boot ${board.bootId.toString(16)}`
    : "no board answered";
  const inMilliseconds = (seconds: number | null): string =>
    seconds === null ? "" : (seconds * 1e3).toFixed(2);
  return [
    `${link.url}: ${named}`,
    `${link.modes.join(" and ")} mode, ${link.seconds.toFixed(3)} s; ${si(bytes.toBoard, "B")} in ${chunks.toBoard} chunks to the board, ${si(bytes.toHost, "B")} in ${chunks.toHost} from it`,
    ...(link.lost === null ? [] : [`the link was lost: ${link.lost}`]),
    ...(link.clock ? [`its clock: ${clockInWords(link.clock)}`] : []),
    ...aligned([
      ["message", "requests", "answers", "refused", "events", "median ms", "longest ms"],
      ...Object.entries(link.messages).map(([name, { secondsToAnswer, ...m }]) => [
        name,
        ...[m.requests, m.replies, m.refused, m.events].map(String),
        inMilliseconds(secondsToAnswer.median),
        inMilliseconds(secondsToAnswer.longest),
      ]),
    ]),
  ];
}

/** A recording as a person reads it. */
export function recordingLines(recording: Recording): string[] {
  const { links, outcome, torn, ...about } = recordingDocument(recording);
  const end = outcome
    ? `ended with exit code ${outcome.exitCode}`
    : `breaks off before the end, after ${about.blocks} whole blocks`;
  return [
    `recording of mho ${about.command.join(" ")}`,
    `${about.started}, mho ${about.mho}, message table ${about.tableHash.toString(16)}; ${end}${torn > 0 ? `, ${torn} bytes of a cut block left out` : ""}`,
    ...links.flatMap((link) => ["", ...linkLines(link)]),
  ];
}
