import { randomInt } from "node:crypto";
import { createInterface } from "node:readline";
import { realClock } from "#calibration";
import { isMhoError } from "#protocol";
import { emulate, emulateInQemu } from "./emulate.ts";
import type { Machine } from "./machine.ts";
import { joinedTty, servedTty } from "./served-tty.ts";

/**
 * A program of its own: an emulated board at a tty. `serve.js URL` writes `{"path": …}`, or `{"code": …, "facts": …}`
 * where it fails, as one line of JSON. A line on stdin asks for more: `state`, `reset`. It ends when stdin does, however
 * the program at the other end of it ended.
 */
const say = (document: object): void => void process.stdout.write(`${JSON.stringify(document)}\n`);

function answer(machine: Machine, line: string): void {
  if (line === "reset") machine.reset();
  const { front } = machine;
  say({
    now: machine.now(),
    ...{ safe: front.safe, safeSince: front.safeSince, pulses: front.pulses, pulsedAt: front.pulsedAt },
    ...{ heardAt: machine.heardAt, mistakes: front.mistakes, overruns: machine.overruns },
  });
}

try {
  const [url, start] = [process.argv[2] ?? "", randomInt(2 ** 31)];
  const inQemu = await emulateInQemu(url, start);
  const machine = inQemu ? undefined : await emulate(url, start);
  const served = await (inQemu ? joinedTty(inQemu.transport) : servedTty(machine!, realClock()));
  say({ path: served.path });
  for await (const line of createInterface({ input: process.stdin })) if (machine) answer(machine, line);
  await served.close();
} catch (error) {
  if (!isMhoError(error)) throw error;
  say({ code: error.code, facts: error.facts });
}
process.exit();
