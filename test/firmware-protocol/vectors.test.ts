import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  crc32c,
  decodeMessage,
  encodeFrame,
  encodeMessage,
  FrameDecoder,
  formatLine,
  idOf,
  type Line,
  type MessageName,
  messageOf,
  messages,
  packCodes,
  parseLine,
  tableHash,
  tableText,
  unpackCodes,
} from "#protocol";
import { stuff, stuffedSize, unstuff } from "../../firmware-protocol/cobs.ts";
import { comparable, encodable, hex, readVectors, unhex, vectorFolder } from "./vectors.ts";

const { frames, table, tableHash: hash } = readVectors("frames");

describe("golden vectors, made in Python without the codec", () => {
  it("agree with the message table, word for word", () => {
    expect(tableText).toBe(table);
    expect(tableHash).toBe(hash);
  });

  it("hold every request, reply and event of the table", () => {
    const wanted = (Object.keys(messages) as MessageName[]).flatMap((name) =>
      messages[name].repeat === "event" ? [`${name} reply`] : [`${name} request`, `${name} reply`],
    );
    expect(frames.map(({ name, side }) => `${name} ${side}`)).toEqual(wanted);
  });

  it.each(frames)(
    "$name $side: values become these bytes",
    ({ name, side, values, payload, header, wire }) => {
      const encoded = encodeMessage(name, side, encodable(values) as never);
      expect(hex(encoded)).toBe(payload);
      expect(header.id).toBe(idOf(name, side));
      expect(hex(encodeFrame({ ...header, payload: encoded }))).toBe(wire);
    },
  );

  it.each(frames)("$name $side: these bytes become values", ({ name, side, values, header, wire }) => {
    const [frame, ...more] = new FrameDecoder().push(unhex(wire));
    expect(more).toEqual([]);
    const { payload, ...head } = frame!;
    expect(head).toEqual(header);
    expect(messageOf(frame!.id)).toEqual({ name, side });
    expect(comparable(decodeMessage(name, side, payload))).toEqual(comparable(values));
  });

  it.each(frames)("$name $side: text mode says $line", ({ name, side, values, header, line }) => {
    const said = { seq: header.seq, side, name, values: encodable(values) } as
      | Line<"request">
      | Line<"reply">;
    expect(formatLine(said)).toBe(line);
    const heard = side === "request" ? parseLine(line, "request") : parseLine(line, "reply");
    expect(heard).toMatchObject({ seq: header.seq, side, name });
    expect(comparable(heard!.values)).toEqual(comparable(values));
  });

  it.each(readVectors("codes"))("$bits bits: $codes packs to $packed", ({ bits, codes, packed }) => {
    expect(hex(packCodes(Int16Array.from(codes), bits))).toBe(packed);
    expect([...unpackCodes(unhex(packed), bits, codes.length)]).toEqual(codes);
  });

  it.each(readVectors("cobs"))("COBS stuffs $plain to $stuffed", ({ plain, stuffed }) => {
    const to = new Uint8Array(stuffedSize(plain.length / 2));
    expect(hex(to.subarray(0, stuff(unhex(plain), to)))).toBe(stuffed);
    const back = new Uint8Array(stuffed.length / 2);
    expect(hex(back.subarray(0, unstuff(unhex(stuffed), back)))).toBe(plain);
  });

  it.each(readVectors("crc"))("CRC-32C of $hex is $crc", ({ hex: bytes, crc }) => {
    expect(crc32c(unhex(bytes))).toBe(crc);
  });
});

const python = ["/usr/bin/python3", "python3"].find((path) => {
  try {
    return execFileSync(path, ["--version"], { stdio: "ignore" }) === null;
  } catch {
    return false;
  }
});

it.skipIf(!python)("are what scripts/vectors.py writes today (needs python3)", () => {
  const fresh = mkdtempSync(join(tmpdir(), "mho-vectors-"));
  try {
    execFileSync(python!, [fileURLToPath(new URL("../../scripts/vectors.py", import.meta.url)), fresh]);
    for (const file of readdirSync(vectorFolder))
      expect(readFileSync(join(fresh, file), "utf8"), file).toBe(
        readFileSync(new URL(file, vectorFolder), "utf8"),
      );
  } finally {
    rmSync(fresh, { recursive: true });
  }
});
