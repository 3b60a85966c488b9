import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listPorts } from "../../drivers/ports.ts";

const noUdevadm = () => Promise.reject(Object.assign(new Error("spawn udevadm ENOENT"), { code: "ENOENT" }));

describe("listPorts", () => {
  let dev: string;
  beforeEach(async () => {
    dev = await mkdtemp(join(tmpdir(), "mho-dev-"));
  });
  afterEach(() => rm(dev, { recursive: true }));

  it("takes the names in /dev where udevadm is missing, USB ports only, in the order of their numbers", async () => {
    for (const name of ["ttyUSB10", "ttyUSB2", "ttyACM0", "tty7", "ttyS0", "null"])
      writeFileSync(join(dev, name), "");
    mkdirSync(join(dev, "serial", "by-id"), { recursive: true });
    symlinkSync("../../ttyUSB2", join(dev, "serial", "by-id", "usb-FTDI_FT232R_A50285BI-if00-port0"));
    expect(await listPorts({ list: noUdevadm, dev })).toEqual([
      { path: join(dev, "ttyACM0"), id: undefined },
      { path: join(dev, "ttyUSB2"), id: "usb-FTDI_FT232R_A50285BI-if00-port0" },
      { path: join(dev, "ttyUSB10"), id: undefined },
    ]);
  });

  it("finds no port on a machine without any", async () => {
    expect(await listPorts({ list: noUdevadm, dev })).toEqual([]);
  });

  it("tells what udev knows of a board", async () => {
    const uno = {
      path: "/dev/ttyACM0",
      manufacturer: "Arduino",
      serialNumber: "7593",
      vendorId: "2341",
      productId: "0043",
    };
    const list = async () => [{ ...uno, pnpId: "usb-Arduino_7593-if00" }];
    expect(await listPorts({ list })).toEqual([{ ...uno, id: "usb-Arduino_7593-if00" }]);
  });

  it("does not hide any other failure", async () => {
    const list = () => Promise.reject(new Error("udevadm exited with error code: 4"));
    await expect(listPorts({ list })).rejects.toThrow("code: 4");
  });

  it("answers on this machine, whatever it has", async () => {
    for (const { path } of await listPorts()) expect(path).toMatch(/^\/dev\//);
  });
});
