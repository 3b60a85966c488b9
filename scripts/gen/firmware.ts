import {
  aliases,
  capabilities,
  cellOutcomes,
  type Field,
  fieldsOf,
  type MessageName,
  messages,
  protocolVersion,
  refusals,
  type Side,
  tableHash,
  textCommands,
  typedDefaults,
  urgent,
} from "#protocol";

/** The C names of the table's words. */
const names = Object.keys(messages) as MessageName[];
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const upper = (name: string): string => snake(name).toUpperCase();
const hex = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;
const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
const warning = "/* Generated from firmware-protocol/messages.ts by `npm run gen`: change that instead. */";

const numbers: Readonly<Record<string, string>> = {
  u8: "uint8_t",
  u16: "uint16_t",
  u32: "uint32_t",
  u64: "uint64_t",
  i16: "int16_t",
  f32: "float",
};
/** A field as a member of a struct; C has words of its own. */
const member = (field: string): string => (keywords.has(field) ? `${field}_` : field);
const keywords = new Set(["char", "default", "double", "float", "int", "long", "short", "signed"]);
const isNumber = ({ wire }: Field<unknown>): boolean => wire in numbers;

/** The C constant of a field's kind. */
function kindOf({ wire }: Field<unknown>): string {
  const list = /^list\((\w+)\)$/.exec(wire)?.[1];
  if (list !== undefined && list in numbers) return `FIELD_LIST | FIELD_${upper(list)}`;
  if (wire in numbers) return `FIELD_${upper(wire)}`;
  if (wire === "bytes") return "FIELD_BYTES";
  if (/^text\(\d+\)$/.test(wire)) return "FIELD_TEXT";
  throw new Error(`firmware does not know fields of kind ${wire}`);
}

/** A line of text mode is read into a payload as it arrives: so numbers come before lists, and texts do not come. */
function checkRequest(name: MessageName): void {
  const fields = fieldsOf(name, "request");
  const first = fields.findIndex(([, field]) => !isNumber(field));
  if (first >= 0 && fields.slice(first).some(([, field]) => isNumber(field)))
    throw new Error(`a number of ${name} follows a list`);
  if (fields.some(([, { wire }]) => wire.startsWith("text"))) throw new Error(`${name} takes a text`);
}

const enumeration = (name: string, entries: readonly string[]): string =>
  `enum ${name} {\n${entries.map((entry) => `  ${entry},\n`).join("")}};\n`;

function struct(name: MessageName, side: Side): string {
  const fields = fieldsOf(name, side);
  if (fields.length === 0) return "";
  const members = fields.map(
    ([field, kind]) => `  ${numbers[kind.wire] ?? "struct span"} ${member(field)};\n`,
  );
  return `struct ${snake(name)}_${side} {\n${members.join("")}};\n`;
}

/** core/messages.h: ids, codes, and a struct for each side of each message. */
export function firmwareHeader(): string {
  for (const name of names) checkRequest(name);
  return [
    warning,
    "#ifndef MHO_MESSAGES_H\n#define MHO_MESSAGES_H\n",
    '#include "fields.h"\n',
    `#define PROTOCOL_MAJOR ${protocolVersion.major}`,
    `#define PROTOCOL_MINOR ${protocolVersion.minor}`,
    `#define TABLE_HASH UINT32_C(0x${tableHash.toString(16).padStart(8, "0")})\n`,
    ...capabilities.map((name, bit) => `#define CAPABILITY_${upper(name)} ${2 ** bit}u`),
    "",
    enumeration(
      "message_id",
      names.map((name) => `MESSAGE_${upper(name)} = ${hex(messages[name].id)}`),
    ),
    enumeration(
      "refusal_code",
      refusals.map((name) => `REFUSAL_${upper(name)}`),
    ),
    enumeration(
      "cell_outcome",
      cellOutcomes.map((name) => `OUTCOME_${upper(name)}`),
    ),
    ...names.flatMap((name) => [struct(name, "request"), struct(name, "reply")]).filter(Boolean),
    `#define MESSAGE_COUNT ${names.length}`,
    `#define REFUSAL_COUNT ${refusals.length}`,
    `#define COMMAND_COUNT ${Object.keys(textCommands).length}`,
    `#define ALIAS_COUNT ${Object.keys(aliases).length}`,
    `#define FALLBACK_COUNT ${fallbacks().length}`,
    enumeration(
      "command",
      Object.keys(textCommands).map((name) => `COMMAND_${upper(name)}`),
    ),
    "/* All of these are in flash: flash.h. */",
    "extern const struct message message_table[MESSAGE_COUNT];",
    "extern const char *const refusal_names[REFUSAL_COUNT];",
    "extern const struct word command_table[COMMAND_COUNT];",
    "extern const struct word alias_table[ALIAS_COUNT]; /* `id` is that of the message */",
    "extern const struct fallback fallback_table[FALLBACK_COUNT];\n",
    "#endif\n",
  ].join("\n");
}

/** What a typed request may leave out, as numbers; 0 entries for a list. */
function fallbacks(): string[] {
  return Object.entries(typedDefaults).flatMap(([name, values]) => {
    const fields = fieldsOf(name as MessageName, "request").map(([field]) => field);
    return Object.entries(values).map(([field, value]) => {
      const number = typeof value === "number" ? value : 0;
      if (typeof value !== "number" && value.length > 0) throw new Error(`${name} ${field} is not empty`);
      return `{UINT32_C(${number}), MESSAGE_${upper(name)}, ${fields.indexOf(field)}}`;
    });
  });
}

const string = (name: string, text: string): string => `static const char ${name}[] FLASH = ${quoted(text)};`;

function fieldTable(name: MessageName, side: Side): string {
  const fields = fieldsOf(name, side);
  if (fields.length === 0) return "";
  const shape = `${snake(name)}_${side}`;
  const rows = fields.map(
    ([field, kind]) =>
      `  {name_${snake(field)}, ${kindOf(kind)}, offsetof(struct ${shape}, ${member(field)})},\n`,
  );
  return `static const struct field ${shape}_fields[] FLASH = {\n${rows.join("")}};`;
}

function messageRow(name: MessageName): string {
  const side = (side: Side): string => {
    const count = fieldsOf(name, side).length;
    return `{${count > 0 ? `${snake(name)}_${side}_fields` : "NULL"}, ${count}}`;
  };
  const traits = [
    `REPEAT_${upper(messages[name].repeat)}`,
    ...((urgent as readonly MessageName[]).includes(name) ? ["MESSAGE_URGENT"] : []),
  ];
  const says = `word_${snake(name)}, HELP(does_${snake(name)})`;
  return `  {{${says}, MESSAGE_${upper(name)}}, ${side("request")}, ${side("reply")}, ${traits.join(" | ")}},`;
}

const wordRow = (word: string, does: string, id: string): string =>
  `  {word_${snake(word)}, ${does}, ${id}},`;

/** core/messages.c: the table as constants in flash. */
export function firmwareTable(): string {
  const fieldNames = new Set(
    names.flatMap((name) =>
      (["request", "reply"] as const).flatMap((side) => fieldsOf(name, side).map(([field]) => field)),
    ),
  );
  const does = (name: string, text: string): string => string(`does_${snake(name)}`, text);
  const commands = Object.entries(textCommands);
  const requests = names.filter((name) => messages[name].repeat !== "event");
  return [
    warning,
    '#include "messages.h"\n',
    "#include <stddef.h>\n",
    '#include "flash.h"\n',
    ...[...fieldNames].map((field) => string(`name_${snake(field)}`, field)),
    "",
    ...[...names, ...commands.map(([name]) => name), ...Object.keys(aliases)].map((word) =>
      string(`word_${snake(word)}`, word),
    ),
    "",
    "#if FULL_HELP",
    "#define HELP(does) does",
    ...requests.map((name) => does(name, messages[name].does)),
    ...commands.map(([name, text]) => does(name, text)),
    ...Object.entries(aliases).map(([word, name]) => does(word, `short for ${name}`)),
    "#else\n#define HELP(does) NULL\n#endif\n",
    ...names.flatMap((name) => [fieldTable(name, "request"), fieldTable(name, "reply")]).filter(Boolean),
    "",
    "const struct message message_table[MESSAGE_COUNT] FLASH = {",
    ...names.map((name) =>
      requests.includes(name) ? messageRow(name) : messageRow(name).replace(/HELP\(\w+\)/, "NULL"),
    ),
    "};\n",
    ...refusals.map((name) => string(`refusal_${snake(name)}`, name)),
    `const char *const refusal_names[REFUSAL_COUNT] FLASH = {\n${refusals
      .map((name) => `  refusal_${snake(name)},\n`)
      .join("")}};\n`,
    "const struct word command_table[COMMAND_COUNT] FLASH = {",
    ...commands.map(([name]) => wordRow(name, `HELP(does_${snake(name)})`, `COMMAND_${upper(name)}`)),
    "};",
    "const struct word alias_table[ALIAS_COUNT] FLASH = {",
    ...Object.entries(aliases).map(([word, name]) =>
      wordRow(word, `HELP(does_${snake(word)})`, `MESSAGE_${upper(name)}`),
    ),
    "};",
    `const struct fallback fallback_table[FALLBACK_COUNT] FLASH = {\n${fallbacks()
      .map((row) => `  ${row},\n`)
      .join("")}};\n`,
  ].join("\n");
}
