import { fieldsOf, type Side, tableHash, type ValuesOf } from "./codec.ts";
import { crc32c } from "./crc.ts";
import { isMhoError } from "./errors.ts";
import {
  type MessageName,
  messages,
  protocolVersion,
  type Reply,
  type Request,
  refusals,
} from "./messages.ts";
import { wordsOf } from "./notation.ts";

/** Words that exist in text mode only; each is answered by `ok` and itself. */
export const textCommands = {
  help: "lists what can be typed",
  text: "ends the session, if there is one; all later requests are new ones",
  binary: "goes over to binary mode after this reply",
} as const;
type Command = keyof typeof textCommands;
/** Short words for people. */
export const aliases: Readonly<Record<string, MessageName>> = { info: "hello", read: "readCells" };
/** Arguments that may be left out at the end of a typed request. */
export const typedDefaults: { readonly [N in MessageName]?: Partial<Request<N>> } = {
  hello: { ...protocolVersion, tableHash },
  ping: { token: 0 },
  readCells: { rows: 1, cols: 1, repeats: 1 },
  readOut: { chunks: [] },
};

/** One line of text mode: a message or a command, with the request number where a machine sent it. */
export type Line<S extends Side> = { readonly seq?: number; readonly side: S } & (
  | { [N in MessageName]: { readonly name: N; readonly values: ValuesOf<N, S> } }[MessageName]
  | { [C in Command]: { readonly name: C; readonly values: Readonly<Record<never, never>> } }[Command]
);
export type Refused = {
  readonly seq?: number;
  readonly side: "reply";
  readonly name: "refused";
  readonly values: Reply<"refused">;
};
type Values = Readonly<Record<string, unknown>>;

const isCommand = (name: string): name is Command => Object.hasOwn(textCommands, name);
const isMessage = (name: string): name is MessageName => Object.hasOwn(messages, name);
const fields = (name: MessageName | Command, side: Side): ReturnType<typeof fieldsOf> =>
  isCommand(name) ? [] : fieldsOf(name, side);

/**
 * A message as a line of printable ASCII, without the newline. With a number it is a machine's line: `#seq` before it,
 * ` *` and the CRC-32C of all before in hex after it. Refuses with WIRE_RANGE what binary mode refuses.
 */
export function formatLine(line: Line<"request"> | Line<"reply">): string {
  const body = line.side === "request" ? requestBody(line) : replyBody(line);
  const numbered = line.seq === undefined ? body : `#${line.seq} ${body}`;
  // A refusal's facts may end like a CRC: then a real one behind it says which it is.
  return line.seq !== undefined || checked.test(numbered) ? `${numbered} *${lineCrc(numbered)}` : numbered;
}

const checked = / \*([\da-f]{8})$/;
const lineCrc = (text: string): string => crc32c(Buffer.from(text, "latin1")).toString(16).padStart(8, "0");

function requestBody({ name, values }: Line<"request">): string {
  return [
    name,
    ...fields(name, "request").map(([field, kind]) => kind.show((values as Values)[field], field)),
  ].join(" ");
}

function replyBody({ name, values }: Line<"reply">): string {
  if (name === "refused")
    return ["error", refusals[values.code] ?? values.code, ...(values.facts ? [values.facts] : [])].join(" ");
  const shown = fields(name, "reply").map(
    ([field, kind]) => `${field}=${kind.show((values as Values)[field], field)}`,
  );
  return [isMessage(name) && messages[name].repeat === "event" ? "event" : "ok", name, ...shown].join(" ");
}

/**
 * What a line says. A line for a board that does not hold comes back as the refusal that answers it; a line of a board
 * that is no reply comes back as the log line that it is. Blank lines say nothing; frame delimiters are passed over.
 */
export function parseLine(text: string, side: "request"): Line<"request"> | Refused | undefined;
export function parseLine(text: string, side: "reply"): Line<"reply"> | undefined;
export function parseLine(text: string, side: Side): Line<Side> | undefined {
  const line = text.replaceAll("\0", "").replace(/\r$/, "");
  if (line.trim() === "") return undefined;
  const { body, seq, broken } = opened(line);
  const numbered = seq === undefined ? {} : { seq };
  try {
    if (broken) throw new NotALine("malformed", broken);
    const { name, values } = side === "request" ? requestOf(body) : replyOf(body);
    return { ...numbered, side, name, values } as Line<Side>;
  } catch (error) {
    const why = whyNot(error);
    if (side === "reply") return { side, name: "log", values: { line } };
    return {
      ...numbered,
      side: "reply",
      name: "refused",
      values: { code: refusals.indexOf(why.refusal), facts: why.message },
    };
  }
}

class NotALine extends Error {
  readonly refusal: (typeof refusals)[number];
  constructor(refusal: (typeof refusals)[number], why: string) {
    super(why.replace(/[^\x20-\x7e]/g, "?").slice(0, 96));
    this.refusal = refusal;
  }
}
function whyNot(error: unknown): NotALine {
  if (error instanceof NotALine) return error;
  if (isMhoError(error, "WIRE_RANGE") || isMhoError(error, "WIRE_BROKEN"))
    return new NotALine("malformed", error.message);
  throw error;
}

/** Takes the number and the CRC off a line. */
function opened(line: string): { body: string; seq?: number; broken?: string } {
  if (/[^\x20-\x7e]/.test(line)) return { body: line, broken: "not printable ASCII" };
  const crc = checked.exec(line)?.[1];
  const rest = crc === undefined ? line : line.slice(0, -10);
  // Nothing of a damaged line can be believed, its number least of all.
  if (crc !== undefined && crc !== lineCrc(rest)) return { body: rest, broken: "crc" };
  const number = /^#(\d{1,5}) (.*)$/.exec(rest);
  if (!number) return { body: rest };
  // Where the CRC itself was damaged or cut off, the rest may be damaged too.
  if (crc === undefined) return { body: rest, broken: "crc" };
  const seq = Number(number[1]);
  return seq < 0xffff ? { body: number[2]!, seq } : { body: rest, broken: `request number ${seq}` };
}

interface Said {
  readonly name: MessageName | Command;
  readonly values: Values;
}

function requestOf(body: string): Said {
  const [word, ...rest] = words(body);
  const name = Object.hasOwn(aliases, word!) ? aliases[word!]! : word!;
  if (!isCommand(name) && (!isMessage(name) || messages[name].repeat === "event"))
    throw new NotALine("unknownMessage", `${word}; try help`);
  const given: Record<string, string> = {};
  rest.forEach((argument, i) => {
    const named = fields(name, "request").find(([field]) => argument.startsWith(`${field}=`))?.[0];
    const field = named ?? fields(name, "request")[i]?.[0];
    if (field === undefined || field in given)
      throw new NotALine("malformed", `${name} does not want ${argument}`);
    given[field] = named ? argument.slice(named.length + 1) : argument;
  });
  return { name, values: valuesOf(name, "request", given) };
}

function replyOf(body: string): Said {
  const refused = /^error (\w+)(?: (.*))?$/.exec(body);
  if (refused) return refusalOf(refused[1]!, refused[2] ?? "");
  const [kind, name, ...rest] = words(body);
  const known = name !== undefined && (isCommand(name) || (isMessage(name) && name !== "refused"));
  if (!known || kind !== (isMessage(name) && messages[name].repeat === "event" ? "event" : "ok"))
    throw new NotALine("unknownMessage", body);
  const given: Record<string, string> = {};
  for (const word of rest) {
    const at = word.indexOf("=");
    const field = word.slice(0, at);
    if (at < 0 || field in given || !fields(name, "reply").some(([known]) => known === field))
      throw new NotALine("malformed", word);
    given[field] = word.slice(at + 1);
  }
  return { name, values: valuesOf(name, "reply", given) };
}

function refusalOf(word: string, facts: string): Said {
  const code = /^\d+$/.test(word) ? Number(word) : refusals.indexOf(word as (typeof refusals)[number]);
  if (code < 0 || code > 0xff || facts.length > 96) throw new NotALine("malformed", word);
  return { name: "refused", values: { code, facts } };
}

function valuesOf(name: MessageName | Command, side: Side, given: Readonly<Record<string, string>>): Values {
  const defaults: Values = (side === "request" && isMessage(name) && typedDefaults[name]) || {};
  return Object.fromEntries(
    fields(name, side).map(([field, kind]) => {
      const word = given[field];
      if (word === undefined && !(field in defaults))
        throw new NotALine("malformed", `${name} wants ${field}`);
      return [field, word === undefined ? defaults[field] : kind.parse(word, field)];
    }),
  );
}

function words(body: string): string[] {
  const parted = wordsOf(body);
  if (!parted) throw new NotALine("malformed", "a quote is left open");
  return parted;
}

/** What `help` shows, one line a request: its arguments in order, defaults given, and what it does. */
export function helpText(): readonly string[] {
  const requests = (Object.keys(messages) as MessageName[]).filter(
    (name) => messages[name].repeat !== "event",
  );
  const lines = requests.map((name) => {
    const defaults: Values = typedDefaults[name] ?? {};
    const words = fields(name, "request").map(([field, kind]) =>
      field in defaults ? `[${field}=${kind.show(defaults[field], field)}]` : field,
    );
    return `${[name, ...words].join(" ")} : ${messages[name].does}`;
  });
  const short = Object.entries(aliases).map(([word, name]) => `${word} : short for ${name}`);
  return [...lines, ...short, ...Object.entries(textCommands).map(([name, does]) => `${name} : ${does}`)];
}
