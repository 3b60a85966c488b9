import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { philox4x32, randomStream } from "#calibration";
import { encodeFrame, idOf, messageOf, packCodes } from "#protocol";
import { hex, readVectors, unhex } from "../firmware-protocol/vectors.ts";
import { build, hasCompiler } from "./host-board.ts";

const { frames } = readVectors("frames");
const requests = frames.filter(({ side }) => side === "request");
const replies = frames.filter(({ side }) => side === "reply");
const idsAndSides = frames.map(({ name, side, payload }) => ({
  id: idOf(name, "request"),
  side: side === "reply" ? 1 : 0,
  payload: payload || "-",
}));
const or = (bytes: string): string => bytes || "-";

describe.skipIf(!hasCompiler)("the C core (needs gcc and make)", async () => {
  const program = hasCompiler ? join(await build("vectors"), "mho-vectors") : "";
  const answers = (commands: readonly string[]): string[] =>
    execFileSync(program, { input: `${commands.join("\n")}\n`, maxBuffer: 1 << 26, encoding: "latin1" })
      .trimEnd()
      .split("\n");

  it("takes every golden request out of its frame", () => {
    expect(answers(requests.map(({ wire }) => `wire ${wire}`))).toEqual(
      requests.map(({ header, payload }) => `${header.id} ${header.seq} ${header.re} ${or(payload)}`),
    );
  });

  it("reads every golden request from its line", () => {
    expect(answers(requests.map(({ line }) => `line ${line}`))).toEqual(
      requests.map(({ header, payload }) => `${header.id} ${header.seq} ${or(payload)}`),
    );
  });

  it("sends every golden reply as its bytes", () => {
    const commands = replies.map(
      ({ header: { id, flags, seq, re, credits }, payload }) =>
        `send ${id} ${flags} ${seq} ${re} ${credits} ${or(payload)}`,
    );
    expect(answers(commands)).toEqual(replies.map(({ wire }) => wire));
  });

  it("says every golden reply as its line", () => {
    // A vector's line bears the number in the header's `re` or `seq`, whichever its side has it in.
    const numbered = replies.map(({ line }) => /^#(\d+) /.exec(line)?.[1] ?? "65535");
    const commands = replies.map(
      ({ name, payload }, i) => `say ${idOf(name, "request")} ${numbered[i]} ${or(payload)}`,
    );
    expect(answers(commands)).toEqual(replies.map(({ line }) => line));
  });

  it("passes every payload through its struct unchanged, and refuses it one byte short or long", () => {
    const pass = ({ id, side, payload }: (typeof idsAndSides)[number], change: (bytes: string) => string) =>
      `pass ${id} ${side} ${or(change(payload.replace("-", "")))}`;
    expect(answers(idsAndSides.map((one) => pass(one, (bytes) => bytes)))).toEqual(
      idsAndSides.map(({ payload }) => payload),
    );
    expect(new Set(answers(idsAndSides.map((one) => pass(one, (bytes) => `${bytes}00`))))).toEqual(
      new Set(["refused"]),
    );
    const cut = idsAndSides.filter(({ payload }) => payload !== "-");
    expect(new Set(answers(cut.map((one) => pass(one, (bytes) => bytes.slice(0, -2)))))).toEqual(
      new Set(["refused"]),
    );
  });

  it("stuffs and unstuffs what the COBS vectors hold", () => {
    const id = idOf("storePlan", "request");
    const head = { id, flags: 0, seq: 5, re: 5, credits: 0xffff };
    const plains = readVectors("cobs").map(({ plain }) => plain);
    const wires = plains.map((plain) => hex(encodeFrame({ ...head, payload: unhex(plain) })));
    expect(answers(wires.map((wire) => `wire ${wire}`))).toEqual(
      plains.map((plain) => `${id} 5 5 ${or(plain)}`),
    );
    expect(answers(plains.map((plain) => `send ${id} 0 5 5 65535 ${or(plain)}`))).toEqual(wires);
  });

  it("stuffs and unstuffs random frames as the host does, full of zeros and without any", () => {
    const chance = randomStream(11, 1);
    const id = idOf("storePlan", "request");
    const payloads = Array.from({ length: 400 }, (_, i) => {
      const zeros = i % 4 === 0 ? 0 : (i % 4) / 6;
      return Uint8Array.from({ length: Math.floor(chance.uniform() * 1200) }, () =>
        chance.uniform() < zeros ? 0 : 1 + (chance.uint32() % 255),
      );
    });
    const wires = payloads.map((payload, i) =>
      hex(encodeFrame({ id, flags: 0, seq: i, re: i, credits: 0xffff, payload })),
    );
    expect(answers(wires.map((wire) => `wire ${wire}`))).toEqual(
      payloads.map((payload, i) => `${id} ${i} ${i} ${or(hex(payload))}`),
    );
    expect(answers(payloads.map((payload, i) => `send ${id} 0 ${i} ${i} 65535 ${or(hex(payload))}`))).toEqual(
      wires,
    );
  });

  it("takes no frame with a flipped bit, wherever it is", () => {
    const { wire } = requests.find(({ name }) => name === "readCells")!;
    const bytes = unhex(wire);
    const flipped = Array.from({ length: 8 * (bytes.length - 1) }, (_, bit) => {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      return `wire ${hex(damaged)}`;
    });
    expect(new Set(answers(flipped))).toEqual(new Set(["nothing"]));
  });

  it("packs and unpacks codes of 1 to 16 bits", () => {
    const vectors = readVectors("codes").filter(({ codes }) => codes.length > 0);
    expect(answers(vectors.map(({ bits, codes }) => `pack ${bits} ${codes.join()}`))).toEqual(
      vectors.map(({ packed }) => packed),
    );
    expect(
      answers(vectors.map(({ bits, codes, packed }) => `unpack ${bits} ${codes.length} ${packed}`)),
    ).toEqual(vectors.map(({ codes }) => codes.join()));
    expect(hex(packCodes(Int16Array.of(1, -2), 12))).toBe("01e0ff");
  });

  it("reckons the CRC of the vectors, and Philox as the host does", () => {
    const vectors = readVectors("crc");
    expect(answers(vectors.map(({ hex: bytes }) => `crc ${or(bytes)}`))).toEqual(
      vectors.map(({ crc }) => `${crc}`),
    );
    const counter = [1, 2, 3, 0xffff_ffff] as const;
    const key = [7, 0x6d686f] as const;
    expect(answers([`philox ${counter.join(" ")} ${key.join(" ")}`])).toEqual([
      [...philox4x32(counter, key)].join(" "),
    ]);
  });

  it.each([
    ["readCells 0 3 col=7", "18 65535 000003000700010001000100"],
    ["read  0x0 row=3 +7 ", "18 65535 000003000700010001000100"],
    ["  info", `1 65535 0100${"%hash%"}`],
    ["help", "command 0 65535"],
    ["text", "command 1 65535"],
    ["binary\r", "command 2 65535"],
    ["", "nothing"],
    ["   ", "nothing"],
    ["read 0 3", "refused 65535 2 col"],
    ["read 0 3 7 1 1 1 1", "refused 65535 2 -"],
    ["read 0 3 -7", "refused 65535 2 col"],
    ["read 0 70000 7", "refused 65535 2 row"],
    ["read 0 3 row=4 7", "refused 65535 2 row"],
    ["read 0 3 7.5", "refused 65535 2 col"],
    ["readout 0", "refused 65535 1 try help"],
    ["progress 1 2 3", "refused 65535 1 try help"],
    ["#1 ping 7", "refused 65535 2 crc"],
    ["ping 7 *00000000", "refused 65535 2 crc"],
    ["ping\x017", "nothing"],
    ["pulse 0 0 0 0 1e39 1e-6", "refused 65535 2 amplitude"],
    ["pulse 0 0 0 0 0.1 nan", "refused 65535 2 width"],
    ["program 0 0 0 1 1 5 9 32768", "refused 65535 2 targets"],
    ["storePlan 4 0 AAECAw==", "21 65535 0400000000000000040000010203"],
    ["storePlan 4 0 AAECA", "refused 65535 2 piece"],
    ["storePlan 0 0 -", "21 65535 00000000000000000000"],
  ])("reads the line `%s` as the host would", (text, said) => {
    const hash = requests.find(({ name }) => name === "hello")!.payload.slice(4);
    expect(answers([`line ${text}`])).toEqual([said.replace("%hash%", hash)]);
  });

  it("knows every request of the table by its id", () => {
    for (const { id, side } of idsAndSides)
      expect(messageOf(id | (side << 7))?.side).toBe(side ? "reply" : "request");
  });
});
