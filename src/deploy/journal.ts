import { open, readFile } from "node:fs/promises";
import { z } from "zod";
import { MhoError } from "#protocol";

const count = z.int().min(0);

/** What a deployment is of; a journal of another cannot be gone on with. */
const Head = z.strictObject({ map: z.string(), board: z.string(), chunks: count, tolerance: z.number() });
export type Head = z.output<typeof Head>;

/** A chunk that is done: what became of its cells, and in which life of the board. */
const Finished = z.strictObject({
  chunk: count,
  boot: count,
  settled: count,
  notSettled: count,
  stuck: count,
  pulses: count,
});
export type Finished = z.output<typeof Finished>;

/** A line for each finished chunk, on the disk before the next chunk begins. */
export interface Journal extends AsyncDisposable {
  readonly finished: ReadonlyMap<number, Finished>;
  append(done: Finished): Promise<void>;
}

const unwritable = (path: string) => (cause: Error) => {
  throw new MhoError("FILE_UNWRITABLE", { path, why: cause.message }, { cause });
};

interface Earlier {
  readonly finished: ReadonlyMap<number, Finished>;
  /** Bytes up to the end of the last whole line: one that a crash cut off is as if it had not been written. */
  readonly whole: number;
}

function parsed(path: string, lines: readonly string[], head: Head): Map<number, Finished> {
  const found = Head.parse(JSON.parse(lines[0]!));
  for (const key of ["map", "board", "chunks", "tolerance"] as const) {
    if (found[key] !== head[key])
      throw new MhoError("JOURNAL_OF_OTHER", { path, what: key, found: found[key], wanted: head[key] });
  }
  return new Map(
    lines
      .slice(1)
      .map((line) => Finished.parse(JSON.parse(line)))
      .map((done) => [done.chunk, done]),
  );
}

async function earlier(path: string, head: Head): Promise<Earlier | undefined> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw new MhoError("FILE_UNREADABLE", { path, why: cause.message }, { cause });
  });
  const end = text.lastIndexOf("\n") + 1;
  if (end === 0) return undefined;
  try {
    const finished = parsed(path, text.slice(0, end - 1).split("\n"), head);
    return { finished, whole: Buffer.byteLength(text.slice(0, end)) };
  } catch (cause) {
    if (cause instanceof MhoError) throw cause;
    throw new MhoError(
      "FILE_BROKEN",
      { path, kind: "deploy journal", why: (cause as Error).message },
      { cause },
    );
  }
}

/**
 * The journal at `path`: begun anew, or gone on with where `resume` is set and there is one.
 * Errors: JOURNAL_OF_OTHER, FILE_BROKEN, FILE_UNREADABLE, FILE_UNWRITABLE.
 */
export async function openJournal(path: string, head: Head, resume: boolean): Promise<Journal> {
  const known = resume ? await earlier(path, head) : undefined;
  const file = await open(path, known ? "r+" : "w").catch(unwritable(path));
  const finished = new Map(known?.finished);
  let end = known?.whole ?? 0;
  const write = async (entry: Head | Finished): Promise<void> => {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    await file.write(line, 0, line.length, end).catch(unwritable(path));
    await file.datasync().catch(unwritable(path));
    end += line.length;
  };
  if (known) await file.truncate(end).catch(unwritable(path));
  else await write(head);
  return {
    finished,
    append: async (done) => {
      await write(done);
      finished.set(done.chunk, done);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** No journal: a deployment that starts over. */
export function noJournal(): Journal {
  return { finished: new Map(), append: async () => {}, [Symbol.asyncDispose]: async () => {} };
}
