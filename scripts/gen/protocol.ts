import {
  aliases,
  encodeFrame,
  encodeMessage,
  type Field,
  fieldKinds,
  fieldsOf,
  idOf,
  type MessageName,
  messages,
  refusalMeanings,
  type Side,
  tableHash,
  tableText,
  textCommands,
  typedDefaults,
  urgent,
} from "#protocol";
import { type Blocks, table } from "./blocks.ts";

const names = Object.keys(messages) as MessageName[];
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const code = (text: string): string => `\`${text}\``;
const hash = hex(tableHash, 8);

function fields(name: MessageName, side: Side): string {
  const shown = fieldsOf(name, side).map(([field, { wire }]) => `${field} ${wire}`);
  return shown.length > 0 ? code(shown.join(" · ")) : "–";
}

function answered(name: MessageName): string {
  return (urgent as readonly MessageName[]).includes(name) ? "at once" : "in order";
}

/** One message as an item of a list. */
function message(name: MessageName): string {
  const { repeat, does } = messages[name];
  const event = repeat === "event";
  const id = `0x${hex(idOf(name, event ? "reply" : "request"), 2)}`;
  const head = `- **${name}** ${id} · ${event ? "from the board" : `${repeat} · ${answered(name)}`}: ${does}.`;
  const sides: readonly Side[] = event ? ["reply"] : ["request", "reply"];
  const shapes = sides.map((side) => `  - ${event ? "fields" : side}: ${fields(name, side)}`);
  return [head, ...shapes].join("\n");
}

function defaults(): string {
  return Object.entries(typedDefaults)
    .map(([name, values]) => {
      const kinds = new Map<string, Field<unknown>>(fieldsOf(name as MessageName, "request"));
      const shown = Object.entries(values).map(
        ([field, value]) => `${field}=${kinds.get(field)!.show(value, field)}`,
      );
      return code(`${name} ${shown.join(" ")}`);
    })
    .join(", ")
    .concat(".");
}

const words = (): string =>
  [
    ...Object.entries(textCommands).map(([word, does]) => `${code(word)} ${does}.`),
    ...Object.entries(aliases).map(([word, name]) => `${code(word)} is short for ${code(name)}.`),
  ].join(" ");

/** One frame, taken apart: its parts in hex as they stand before the stuffing, then the bytes on the wire. */
function example(): string {
  const payload = encodeMessage("readCells", "request", {
    tile: 0,
    row: 3,
    col: 7,
    rows: 1,
    cols: 1,
    repeats: 1,
  });
  const wire = encodeFrame({
    id: idOf("readCells", "request"),
    flags: 0,
    seq: 258,
    re: 258,
    credits: 0xffff,
    payload,
  });
  const bytes = (of: Uint8Array): string => Array.from(of, (byte) => hex(byte, 2)).join(" ");
  const plain = unstuffed(wire);
  const part = (from: number, to: number): string => bytes(plain.subarray(from, to)).padEnd(38);
  const end = plain.length - 4;
  return [
    "```",
    `${part(0, 1)}id       0x12 readCells`,
    `${part(1, 2)}flags    0`,
    `${part(2, 4)}seq      258`,
    `${part(4, 6)}re       258`,
    `${part(6, 8)}credits  0xffff`,
    `${part(8, end)}payload  tile 0, row 3, col 7, rows 1, cols 1, repeats 1`,
    `${part(end, end + 4)}CRC      of the ${end} bytes above, continued from the table hash 0x${hash}`,
    "",
    `on the wire: ${bytes(wire)}`,
    "```",
  ].join("\n");
}

/** COBS by its definition, for a frame without blocks of 255. */
function unstuffed(wire: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; wire[at] !== 0; at += wire[at]!) {
    if (at > 0) out.push(0);
    out.push(...wire.subarray(at + 1, at + wire[at]!));
  }
  return Uint8Array.from(out);
}

/** The generated parts of firmware-protocol/PROTOCOL.md. */
export const protocolBlocks: Blocks = {
  words,
  defaults,
  example,
  urgent: () => urgent.map(code).join(", "),
  "field-kinds": () =>
    fieldKinds
      .map(([kind, means]) => `${code(kind)} ${means}`)
      .join("; ")
      .concat("."),
  messages: () => names.map(message).join("\n"),
  refusals: () =>
    table(
      ["code", "name", "means"],
      Object.entries(refusalMeanings).map(([name, means], i) => [String(i), code(name), means]),
    ),
  "table-line": () =>
    ["```", tableText.split("\n").find((line) => line.startsWith("readCells"))!, "```"].join("\n"),
  hash: () => code(`0x${hash}`),
};
