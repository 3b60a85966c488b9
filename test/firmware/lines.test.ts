import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type RandomStream, randomStream } from "#calibration";
import { crc32c, encodeMessage, idOf, type MessageName, parseLine, textCommands } from "#protocol";
import { hex, readVectors } from "../firmware-protocol/vectors.ts";
import { build, hasCompiler } from "./host-board.ts";

const goldenLines = readVectors("frames").frames.flatMap(({ side, line }) =>
  side === "request" ? [line] : [],
);
const commands = Object.keys(textCommands);

/** What the host's own text mode makes of a line, as the C program says it. */
function hostSays(line: string): string {
  const said = parseLine(line, "request");
  if (!said || /[^\x20-\x7e]/.test(line.replace(/\r$/, ""))) return "nothing";
  const seq = said.seq ?? 0xffff;
  if (said.side === "reply") return `refused ${seq} ${said.values.code}`;
  if (commands.includes(said.name)) return `command ${commands.indexOf(said.name)} ${seq}`;
  const name = said.name as MessageName;
  return `${idOf(name, "request")} ${seq} ${hex(encodeMessage(name, "request", said.values as never)) || "-"}`;
}

const oneOf = <T>(of: readonly T[], chance: RandomStream): T => of[chance.uint32() % of.length]!;
const pieces = [
  "0",
  "-",
  ",",
  "=",
  " ",
  "*",
  "#",
  "#7 ",
  "e",
  ".",
  "+",
  "x",
  "9",
  "AAAA",
  "row=",
  "tile=3",
  "\r",
  "\x7f",
  "65536",
  "1e-7",
  "-1",
];

/** A line with some characters taken out, put in or changed; often with its true CRC, or there would be little but wrong ones. */
function mutated(line: string, chance: RandomStream): string {
  const bare = chance.uniform() < 0.8 ? line.replace(/ \*[\da-f]{8}$/, "") : line;
  let text = bare;
  for (let change = chance.uint32() % 4; change > 0; change--) {
    const at = chance.uint32() % (text.length + 1);
    const kept = chance.uniform() < 0.5 ? at : Math.min(text.length, at + 1 + (chance.uint32() % 6));
    text = text.slice(0, at) + (chance.uniform() < 0.7 ? oneOf(pieces, chance) : "") + text.slice(kept);
  }
  if (chance.uniform() < 0.1) text = text.replace(/^#\d+ /, "");
  const crc = crc32c(Buffer.from(text, "latin1")).toString(16).padStart(8, "0");
  return bare !== line && chance.uniform() < 0.8 ? `${text} *${crc}` : text;
}

describe.skipIf(!hasCompiler)("text mode in C (needs gcc and make)", async () => {
  const program = hasCompiler ? join(await build("vectors"), "mho-vectors") : "";

  it("says of any line what the host's parser says: same request, same refusal, same silence", () => {
    const chance = randomStream(3, 77);
    const lines = Array.from({ length: 30_000 }, () => mutated(oneOf(goldenLines, chance), chance));
    const input = lines.map((line) => `line ${line}\n`).join("");
    const answers = execFileSync(program, {
      input: Buffer.from(input, "latin1"),
      maxBuffer: 1 << 28,
    }).toString("latin1");
    const said = answers
      .trimEnd()
      .split("\n")
      .map((answer) => answer.replace(/^(refused \d+ \d+) .*/, "$1"));
    const kinds = new Map<string, number>();
    for (const [i, line] of lines.entries()) {
      const wanted = hostSays(line);
      const kind = /^\d/.test(wanted) ? "request" : wanted.split(" ")[0]!;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      expect([line, said[i]]).toEqual([line, wanted]);
    }
    for (const kind of ["request", "refused", "nothing"]) expect(kinds.get(kind)).toBeGreaterThan(500);
  });
});
