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
 * - `lacking`: the board does not offer what it is about. - `notRun`: it changes cells, and that was not allowed.
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
  /** The board's side of the link, at the end. */
  readonly link: LinkFigures;
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

/** Holds every obligation against a board. Rejects with what `open` rejects with; a broken obligation is a finding. */
export async function conformanceOf(options: ConformanceOptions): Promise<Conformance> {
  const { open, onProgress, signal } = options;
  const { descriptor, url } = await looked(open);
  const findings: Finding[] = [];
  for (const title of obligationTitles) {
    signal?.throwIfAborted();
    findings.push(await finding(title, descriptor, options));
    onProgress?.(findings.length, obligationTitles.length);
  }
  const last = await open();
  const { board: link } = await last.linkFigures();
  await last.close();
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

async function finding(
  title: ObligationTitle,
  { capabilities }: Descriptor,
  { open, clock, destructive }: ConformanceOptions,
): Promise<Finding> {
  const lacking = obligations[title].needs.filter((need) => !capabilities.includes(need));
  if (lacking.length > 0)
    return { title, verdict: "lacking", seconds: 0, why: [`no ${lacking.join(", no ")}`] };
  if (isDestructive(title) && !destructive)
    return { title, verdict: "notRun", seconds: 0, why: ["it changes cells"] };
  const started = clock.now();
  const why: string[] = [];
  while (why.length < tries) {
    const broken = await brokenBy(title, open);
    if (broken === undefined) break;
    why.push(broken);
  }
  const verdict = why.length === 0 ? "pass" : why.length < tries ? "marginal" : "fail";
  return { title, verdict, seconds: clock.now() - started, why };
}

/** What broke an obligation in one try, or nothing. */
async function brokenBy(
  title: ObligationTitle,
  open: () => Promise<CrossbarBoard>,
): Promise<string | undefined> {
  const board = await open();
  try {
    await obligations[title].holds(board);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    return isMhoError(error) ? `${error.code} ${error.message}` : error.message;
  } finally {
    await board.close();
  }
}
