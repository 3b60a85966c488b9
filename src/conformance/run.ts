import type { Clock } from "#calibration";
import {
  type CrossbarBoard,
  type Descriptor,
  isMhoError,
  type LinkFigures,
  protocolVersion,
  tableHash,
} from "#protocol";
import { isDestructive, type ObligationTitle, obligations, obligationTitles } from "./obligations.ts";

/**
 * - `pass`: kept at the first try. - `marginal`: broken once, and kept at one of two more tries. - `fail`: broken three times.
 * - `lacking`: the board does not offer what it is about. - `notRun`: it changes cells, and that was not allowed; or the board
 * could not be opened any more.
 */
export type Verdict = "pass" | "marginal" | "fail" | "lacking" | "notRun";

export interface Finding {
  readonly title: ObligationTitle;
  readonly verdict: Verdict;
  /** Of all tries together. */
  readonly seconds: number;
  /** What broke it, try by try; or what the board lacks. */
  readonly why: readonly string[];
}

export interface Conformance {
  readonly board: Descriptor;
  readonly url: string;
  readonly protocol: { readonly major: number; readonly minor: number; readonly tableHash: string };
  readonly mho: string;
  /** ISO 8601. */
  readonly date: string;
  readonly destructive: boolean;
  readonly findings: readonly Finding[];
  /** The board's side of the link, at the end; undefined where the board was gone by then. */
  readonly link?: LinkFigures | undefined;
  /** Whether every obligation of what the board offers was run and passed. */
  readonly conforms: boolean;
}

export interface ConformanceOptions {
  /** Opens the board anew; each obligation closes the one it is given. */
  readonly open: () => Promise<CrossbarBoard>;
  readonly clock: Clock;
  readonly mho: string;
  readonly date: string;
  /** Whether cells may be pulsed. */
  readonly destructive: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

const tries = 3;

/**
 * Holds every obligation against a board. Rejects with what `open` rejects with at first; a broken obligation is a finding, and
 * so is a board that cannot be opened any more: nothing is tried on it after that.
 */
export async function conformanceOf(options: ConformanceOptions): Promise<Conformance> {
  const { open, onProgress, signal } = options;
  const { descriptor, url } = await looked(open);
  const findings: Finding[] = [];
  let gone = false;
  for (const title of obligationTitles) {
    signal?.throwIfAborted();
    const found: Found = gone ? unheld(title) : await finding(title, descriptor, options);
    gone ||= found.gone;
    findings.push(found.finding);
    onProgress?.(findings.length, obligationTitles.length);
  }
  const link = gone ? undefined : await linkOf(open);
  const { mho, date, destructive } = options;
  const hash = tableHash.toString(16).padStart(8, "0");
  return {
    ...{ board: descriptor, url, protocol: { ...protocolVersion, tableHash: hash }, mho, date, destructive },
    ...{ findings, link },
    conforms: findings.every(({ verdict }) => verdict === "pass" || verdict === "lacking"),
  };
}

async function looked(open: () => Promise<CrossbarBoard>): Promise<{ descriptor: Descriptor; url: string }> {
  const board = await open();
  const { descriptor, url } = board;
  await board.close();
  return { descriptor, url };
}

const linkOf = (open: () => Promise<CrossbarBoard>): Promise<LinkFigures | undefined> =>
  open()
    .then(async (board) => {
      const { board: link } = await board.linkFigures();
      await board.close();
      return link;
    })
    .catch(() => undefined);

interface Found {
  readonly finding: Finding;
  /** The board could not even be opened, three times in a row. */
  readonly gone: boolean;
}

const unheld = (title: ObligationTitle, why = "the board could not be opened any more"): Found => ({
  finding: { title, verdict: "notRun", seconds: 0, why: [why] },
  gone: false,
});

async function finding(
  title: ObligationTitle,
  { capabilities }: Descriptor,
  { open, clock, destructive }: ConformanceOptions,
): Promise<Found> {
  const lacking = obligations[title].needs.filter((need) => !capabilities.includes(need));
  if (lacking.length > 0) {
    const why = [`no ${lacking.join(", no ")}`];
    return { finding: { title, verdict: "lacking", seconds: 0, why }, gone: false };
  }
  if (isDestructive(title) && !destructive) return unheld(title, "it changes cells");
  const started = clock.now();
  const broken: Broken[] = [];
  while (broken.length < tries) {
    const by = await brokenBy(title, open);
    if (by === undefined) break;
    broken.push(by);
  }
  const verdict = broken.length === 0 ? "pass" : broken.length < tries ? "marginal" : "fail";
  const why = broken.map((by) => by.why);
  return {
    finding: { title, verdict, seconds: clock.now() - started, why },
    gone: broken.length === tries && !broken.some(({ opened }) => opened),
  };
}

interface Broken {
  readonly why: string;
  readonly opened: boolean;
}

/** What broke an obligation in one try, or nothing. */
async function brokenBy(
  title: ObligationTitle,
  open: () => Promise<CrossbarBoard>,
): Promise<Broken | undefined> {
  let opened = false;
  try {
    const board = await open();
    opened = true;
    try {
      await obligations[title].holds(board);
    } finally {
      await board.close();
    }
    return undefined;
  } catch (error) {
    return { why: inWords(error), opened };
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isMhoError(error) ? `${error.code} ${error.message}` : error.message;
}
