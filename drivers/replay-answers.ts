import {
  type Frame,
  fieldsOf,
  formatLine,
  type Line,
  type MessageName,
  MhoError,
  messages,
  parseLine,
  protocolVersion,
  type Side,
  tableHash,
} from "#protocol";
import type { RecordedLink } from "./recording-read.ts";
import { frameOf } from "./session/index.ts";

type Values = Readonly<Record<string, unknown>>;
/** A request or reply without its number. */
interface Said {
  readonly name: MessageName;
  readonly values: Values;
}
/** A request of the recording with what answered it. */
interface Entry {
  readonly request: Said;
  readonly key: string;
  readonly events: Said[];
  reply?: Said;
  played: boolean;
}

/** What a session asks for its own sake: how often depends on time, so it may be asked more or less often than then. */
const ofTheSession: ReadonlySet<MessageName> = new Set(["hello", "ping", "idle", "abort", "textMode"]);

/**
 * Name and values, whatever the number, the mode and the chunks: what makes two requests the same. A hello is one
 * whatever versions it names.
 */
const keyOf = ({ name, values }: Said): string =>
  name === "hello" ? name : formatLine({ side: "request", name, values } as Line<"request">);

/** The answers of recorded links, found by what was asked. Each is given once; the same question again gets the next. */
export class RecordedAnswers {
  readonly #path: string;
  readonly #entries: Entry[];
  readonly #byKey = new Map<string, { readonly same: Entry[]; next: number }>();
  #ticks = 0;

  constructor(path: string, links: readonly RecordedLink[]) {
    this.#path = path;
    this.#entries = links.flatMap(entriesOf);
    for (const entry of this.#entries) {
      const known = this.#byKey.get(entry.key);
      if (known) known.same.push(entry);
      else this.#byKey.set(entry.key, { same: [entry], next: 0 });
    }
  }

  /** Requests of the recording that nobody made again, those of a session's own left out. */
  get unasked(): readonly string[] {
    return this.#entries
      .filter(({ played, request }) => !played && !ofTheSession.has(request.name))
      .map(({ key }) => short(key));
  }

  /** The frames that answered this request when it was recorded, for request number `seq`. Throws NOT_RECORDED. */
  answer(request: Said, seq: number): Frame[] {
    const entry = this.#next(request);
    entry.played = true;
    return [...entry.events, ...(entry.reply ? [entry.reply] : [])].map((said) => {
      if (typeof said.values.ticks === "number") this.#ticks = said.values.ticks;
      return frameOf({ ...said, side: "reply", seq });
    });
  }

  #next(request: Said): Entry {
    const key = keyOf(request);
    const found = this.#byKey.get(key);
    const same = found?.same ?? [];
    const own = ofTheSession.has(request.name);
    const next = same[found ? found.next++ : 0] ?? (own ? same.at(-1) : undefined);
    if (next?.reply || (next && messages[next.request.name].repeat === "stream")) return next;
    if (own && request.name !== "hello") return this.#ownAnswer(request, key);
    const why = next
      ? "it was asked then too, but the recording ends before its answer"
      : same.length > 0
        ? `it was answered ${same.length} times then, and is asked once more now`
        : this.#nearest(request);
    throw new MhoError("NOT_RECORDED", { path: this.#path, request: short(key), why });
  }

  /** A session's own question that nobody happened to ask then: the token comes back, the board's time stands still. */
  #ownAnswer(request: Said, key: string): Entry {
    const values = Object.fromEntries(
      fieldsOf(request.name, "reply").map(([field]) => [
        field,
        request.values[field] ?? (field === "ticks" ? this.#ticks : 0),
      ]),
    );
    return { request, key, events: [], reply: { name: request.name, values }, played: true };
  }

  #nearest(request: Said): string {
    const alike = this.#entries.filter((entry) => entry.request.name === request.name);
    if (alike.length === 0) return `no ${request.name} was asked then`;
    const asked = words(request);
    const unlike = (entry: Entry): string[] =>
      words(entry.request).flatMap((word, i) => (word === asked[i] ? [] : [`${word} not ${asked[i]}`]));
    const differences = alike
      .map(unlike)
      .reduce((least, other) => (other.length < least.length ? other : least));
    return `the nearest that was asked then has ${differences.map((each) => short(each, 60)).join(", ")}`;
  }
}

/** `field=value` for each field of a request. */
const words = ({ name, values }: Said): string[] =>
  fieldsOf(name, "request").map(([field, kind]) => `${field}=${kind.show(values[field], field)}`);

const short = (text: string, most = 160): string => (text.length > most ? `${text.slice(0, most)}…` : text);

function saidIn(line: string, side: Side): (Said & { readonly seq: number | undefined }) | undefined {
  const parsed = side === "request" ? parseLine(line, side) : parseLine(line, side);
  if (!parsed || parsed.side !== side || parsed.name === "log") return undefined;
  if (parsed.name === "help" || parsed.name === "text" || parsed.name === "binary") return undefined;
  return { name: parsed.name, values: parsed.values as Values, seq: parsed.seq };
}

/** Requests with their answers, in the order in which they were asked; copies that the session sent again are one. */
function entriesOf({ messages: lines }: RecordedLink): Entry[] {
  const entries: Entry[] = [];
  const open = new Map<number | "typed", Entry[]>();
  for (const { side, line } of lines) {
    const said = saidIn(line, side);
    if (!said) continue;
    const number = said.seq ?? "typed";
    const asked = open.get(number) ?? [];
    const current = asked.find((entry) => !entry.reply);
    if (side === "request") {
      const entry = { request: said, key: keyOf(said), events: [], played: false };
      if (number !== "typed" && current?.key === entry.key) continue;
      open.set(number, number === "typed" ? [...asked, entry] : [entry]);
      entries.push(entry);
    } else if (current && messages[said.name].repeat === "event" && said.name !== "refused")
      current.events.push(said);
    else if (current) current.reply = said.name === "hello" ? ourTable(said) : said;
  }
  return entries;
}

/** A recording is played by meaning, so one of another message table is understood as far as its lines still are. */
const ourTable = ({ name, values }: Said): Said => ({
  name,
  values: { ...values, ...protocolVersion, tableHash },
});
