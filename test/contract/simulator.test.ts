import { existsSync } from "node:fs";
import { afterAll, describe } from "vitest";
import {
  type ServedBoard,
  serialTransport,
  servePty,
  serveTcp,
  simulatedBoard,
  tcpTransport,
  wireBoard,
} from "#drivers";
import { boardContract } from "../../src/testing/index.ts";

const settings = { seed: 5, tiles: 2, rows: 64, cols: 64 };
const modes = ["binary", "text"] as const;

/** One server for all tests of a suite: the array lives on while hosts come and go. */
function shared(serve: () => Promise<ServedBoard>): () => Promise<ServedBoard> {
  let served: Promise<ServedBoard> | undefined;
  afterAll(async () => (await served)?.close());
  return () => {
    served ??= serve();
    return served;
  };
}

for (const mode of modes)
  boardContract(`the simulator in process, in ${mode} mode,`, () => simulatedBoard(settings, { mode }));

boardContract("a simulator with noisy cells", () =>
  simulatedBoard({ ...settings, profile: "hfox-tsinghua" }),
);
boardContract("a simulator with frames of 96 bytes", () =>
  simulatedBoard({ ...settings, cols: 32, maxFrame: 96 }),
);

describe("over TCP", () => {
  const served = shared(() => serveTcp(settings, "127.0.0.1", 0));
  for (const mode of modes)
    boardContract(`the simulator at a socket, in ${mode} mode,`, async () =>
      wireBoard(await tcpTransport((await served()).url), { mode }),
    );
});

describe.skipIf(!existsSync("/dev/ptmx") || !existsSync("/usr/bin/perl"))(
  "over a serial line (needs /dev/ptmx and perl)",
  () => {
    const served = shared(() => servePty(settings));
    for (const mode of modes)
      boardContract(`the simulator at a tty, in ${mode} mode,`, async () =>
        wireBoard(await serialTransport((await served()).url), { mode }),
      );
  },
);
