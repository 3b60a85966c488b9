import { expect, it, vi } from "vitest";
import { openPty } from "../../drivers/pty.ts";
import { serialTransport } from "../../drivers/serial.ts";

// A port opened in a real worker aborts the whole program (serialport/node-serialport#2748).
vi.mock("node:worker_threads", async (original) => ({ ...(await original<object>()), isMainThread: false }));

it("refuses to open a serial port in a worker thread, and says what to do", async () => {
  await expect(serialTransport("serial:/dev/ttyACM0")).rejects.toMatchObject({
    code: "NOT_IN_WORKER",
    mend: expect.stringContaining("main thread"),
  });
});

it("refuses to serve a tty from a worker thread", async () => {
  await expect(openPty()).rejects.toMatchObject({ code: "PTY_UNAVAILABLE" });
});
