import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CrossbarFile, firmataUrl, PeripheralsFile, readCrossbar, readPeripherals } from "#drivers";
import { open } from "../../src/cli/open.ts";
import { blocksOf } from "../docs/blocks.ts";

const page = "docs/bench-peripherals.md";
const examples = blocksOf(page, await readFile(page, "utf8"))
  .filter(({ language }) => language === "json")
  .map(({ text }) => JSON.parse(text) as Record<string, object>);
const [peripherals, crossbar] = examples as [Record<string, object>, Record<string, object>];

async function written(document: object): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "mho-bench-")), "bench.json");
  await writeFile(path, JSON.stringify(document));
  return path;
}

describe("the files of a bench", () => {
  it("hold as the documentation shows them", async () => {
    expect(examples).toHaveLength(2);
    expect(await readPeripherals(await written(peripherals))).toMatchObject({
      limits: { hottest: 340, silence: 0.5 },
    });
    expect((await readCrossbar(await written(crossbar))).rows).toHaveLength(3);
  });

  it("say where they do not hold, and the mend", async () => {
    const path = await written({ ...peripherals, supply: { pin: 1 } });
    await expect(readPeripherals(path)).rejects.toMatchObject({
      code: "BENCH_FILE_INVALID",
      message: expect.stringContaining("pins 0 and 1 are the serial line"),
      mend: expect.stringContaining("docs/bench-peripherals.md"),
    });
    await expect(readPeripherals(`${path}.none`)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  it.each([
    ["two uses of a pin", { heater: { pin: 7 } }, "one use only"],
    [
      "limits the wrong way round",
      { limits: { coldest: 350, hottest: 340 } },
      "hottest must be above coldest",
    ],
    ["a part it does not know", { fan: { pin: 5 } }, "fan"],
    ["a heater beyond full power", { heater: { pin: 9, most: 1.1 } }, "most"],
  ])("refuse %s", (_, change, why) =>
    expect(() => PeripheralsFile.parse({ ...peripherals, ...change })).toThrow(why),
  );

  it.each([
    ["a read voltage out of reach", { readVoltage: 2.6 }, "readVoltage is more than"],
    ["pulses out of reach", { pulser: { ...crossbar.pulser, most: 2.6 } }, "pulser.most is more than"],
    ["pulses no higher than reads", { pulser: { ...crossbar.pulser, least: 0.2 } }, "above readVoltage"],
    ["a pulser without column switches", { columns: [{ analog: 2 }] }, "needs a select pin"],
    ["nine rows", { rows: Array(9).fill({ pwm: 9 }) }, "<=8"],
  ])("refuse a crossbar with %s", (_, change, why) =>
    expect(() => CrossbarFile.parse({ ...crossbar, ...change })).toThrow(why),
  );
});

describe("a firmata: URL", () => {
  it("names a port, its rate and the file", () => {
    expect(firmataUrl("firmata:/dev/ttyUSB0?file=crossbar.json")).toEqual({
      serial: "serial:/dev/ttyUSB0?baud=57600",
      file: "crossbar.json",
    });
    expect(firmataUrl("firmata:/dev/ttyUSB0?file=a.json&baud=115200").serial).toBe(
      "serial:/dev/ttyUSB0?baud=115200",
    );
  });

  it.each([
    ["firmata:/dev/ttyUSB0", "?file="],
    ["firmata:/dev/ttyUSB0?file=a.json&speed=9600", "not speed"],
    ["firmata:", "it should read"],
  ])("is refused as %s", async (url, why) => {
    await expect(open(url)).rejects.toMatchObject({
      code: "URL_INVALID",
      facts: { why: expect.stringContaining(why) },
    });
  });

  it("opens a serial port, and cannot be recorded", async () => {
    const file = await written(crossbar);
    const url = `firmata:/dev/mho-none?file=${file}`;
    await expect(open(url)).rejects.toMatchObject({ code: "BOARD_ABSENT" });
    const via = () => Promise.reject(new Error("not asked"));
    await expect(open(url, { via })).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  });
});
