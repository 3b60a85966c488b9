#!/usr/bin/env node
import { commands } from "./commands/index.ts";
import { run } from "./run.ts";
import { startedIn } from "./terminal.ts";

const terminal = startedIn();
const exitCode = await run(process.argv.slice(2), terminal, commands(terminal));
process.exitCode ||= exitCode;
