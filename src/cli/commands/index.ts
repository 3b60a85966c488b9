import type { Command } from "@commander-js/extra-typings";
import type { Terminal } from "../terminal.ts";
import { boardCommand } from "./board.ts";
import { conformanceCommand } from "./conformance.ts";
import { consoleCommand } from "./console.ts";
import { demoCommand } from "./demo.ts";
import { deployCommand } from "./deploy.ts";
import { evaluateCommand } from "./evaluate.ts";
import { importCommand } from "./import.ts";
import { inferCommand } from "./infer.ts";
import { inspectCommand } from "./inspect.ts";
import { mapCommand } from "./map.ts";
import { recordCommand } from "./record.ts";
import { simCommand } from "./sim.ts";
import { solveCommand } from "./solve.ts";
import { trainCommand } from "./train.ts";

const all = [
  demoCommand,
  importCommand,
  inspectCommand,
  mapCommand,
  deployCommand,
  inferCommand,
  evaluateCommand,
  boardCommand,
  consoleCommand,
  conformanceCommand,
  recordCommand,
  simCommand,
  trainCommand,
  solveCommand,
];

/** Every command, in the order of the help. */
export const commands = (terminal: Terminal): Command[] =>
  all.map((made) => made(terminal) as unknown as Command);
