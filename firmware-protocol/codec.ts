import { crc32c } from "./crc.ts";
import { MhoError } from "./errors.ts";
import { type Field, reader, type Writer, writer } from "./fields.ts";
import { type MessageName, messages, protocolVersion, type Reply, type Request } from "./messages.ts";

export type Side = "request" | "reply";
export type ValuesOf<N extends MessageName, S extends Side> = S extends "request" ? Request<N> : Reply<N>;
type AnyValues = Readonly<Record<string, unknown>>;

/** Set in the id of everything a board sends, so that an echoed request is never taken for an answer. */
const replyBit = 0x80;
const names = Object.keys(messages) as MessageName[];
const nameOfId = new Map<number, MessageName>(names.map((name) => [messages[name].id, name]));

/** Field names and fields of one side of a message, in the order of the wire. */
export function fieldsOf(name: MessageName, side: Side): readonly (readonly [string, Field<unknown>])[] {
  return sides[side][name];
}
const sides = Object.fromEntries(
  (["request", "reply"] as const).map((side) => [
    side,
    Object.fromEntries(names.map((name) => [name, Object.entries(messages[name][side])])),
  ]),
) as unknown as Record<Side, Record<MessageName, readonly (readonly [string, Field<unknown>])[]>>;

export function idOf(name: MessageName, side: Side): number {
  return messages[name].id | (side === "reply" ? replyBit : 0);
}

/** The message and side that a frame id stands for; nothing for an id that is not in the table. */
export function messageOf(id: number): { readonly name: MessageName; readonly side: Side } | undefined {
  const name = nameOfId.get(id & ~replyBit);
  return name && { name, side: id & replyBit ? "reply" : "request" };
}

/** The table as text, one message a line: what two sides must have in common. PROTOCOL.md says how it is written. */
export const tableText = names
  .map((name) => {
    const shape = (side: Side): string =>
      fieldsOf(name, side)
        .map(([field, { wire }]) => `${field}:${wire}`)
        .join(" ");
    return `${name} ${messages[name].id} ${messages[name].repeat} (${shape("request")}) (${shape("reply")})\n`;
  })
  .join("");
/** CRC-32C of the table's text. It seeds the CRC of every frame, so sides with different tables never understand half. */
export const tableHash = crc32c(new TextEncoder().encode(tableText));

/**
 * The payload of one message. Refuses with WIRE_RANGE what a field cannot hold; never wraps or rounds an integer. Lies in
 * the writer until its next message, where one is given: a stream need not take new memory for each chunk.
 */
export function encodeMessage<N extends MessageName, S extends Side>(
  name: N,
  side: S,
  values: ValuesOf<N, S>,
  to: Writer = writer(256 + bulkOf(values as AnyValues)),
): Uint8Array {
  to.at = 0;
  for (const [field, kind] of fieldsOf(name, side)) kind.encode(to, (values as AnyValues)[field], field);
  return to.bytes.subarray(0, to.at);
}

/** Bytes of the arrays of bytes in a message: what would make a writer grow again and again. */
function bulkOf(values: AnyValues): number {
  let size = 0;
  for (const value of Object.values(values)) if (value instanceof Uint8Array) size += value.length;
  return size;
}

/**
 * The values in a payload; WIRE_BROKEN where it ends early or late. Arrays of bytes are views into the payload. A hello
 * of a board with another table is refused with PROTOCOL_MISMATCH before its unknown fields are read.
 */
export function decodeMessage<N extends MessageName, S extends Side>(
  name: N,
  side: S,
  payload: Uint8Array,
): ValuesOf<N, S> {
  const from = reader(payload, name);
  if (name === "hello" && side === "reply") sameTable(payload);
  const values: Record<string, unknown> = {};
  for (const [field, kind] of fieldsOf(name, side)) values[field] = kind.decode(from);
  if (from.at !== payload.length)
    throw new MhoError("WIRE_BROKEN", {
      message: name,
      why: `${payload.length - from.at} bytes follow its last field`,
    });
  return values as ValuesOf<N, S>;
}

/** The first three fields of a hello never change, so any two sides can tell each other apart. */
function sameTable(payload: Uint8Array): void {
  const from = reader(payload, "hello");
  const [[, major], [, minor], [, hash]] = fieldsOf("hello", "request") as [
    ["", Field<number>],
    ["", Field<number>],
    ["", Field<number>],
  ];
  sameProtocol({ major: major.decode(from), minor: minor.decode(from), tableHash: hash.decode(from) });
}

/** Throws PROTOCOL_MISMATCH unless the board's hello names our major version and our table. */
export function sameProtocol(board: {
  readonly major: number;
  readonly minor: number;
  readonly tableHash: number;
}): void {
  if (board.major === protocolVersion.major && board.tableHash === tableHash) return;
  const named = (v: typeof board): string =>
    `${v.major}.${v.minor} (table ${v.tableHash.toString(16).padStart(8, "0")})`;
  throw new MhoError("PROTOCOL_MISMATCH", {
    board: named(board),
    host: named({ ...protocolVersion, tableHash }),
  });
}
