import { deploy } from "../../deploy/index.ts";
import { readMap } from "../../mapping/index.ts";
import { boardOption, command, count, microsiemensOf, report } from "../command.ts";
import { deployDocument, deployLines } from "../describe.ts";
import { open } from "../open.ts";
import type { Terminal } from "../terminal.ts";

export const deployCommand = (terminal: Terminal) =>
  command(terminal, "deploy", {
    does: "Programs a map into a board, cell by cell with verify, and says how well the cells hold it.",
    examples: [
      "mho deploy map.mho --board tcp://localhost:7000",
      "mho deploy map.mho --board serial:/dev/ttyACM0 --resume",
    ],
  })
    .argument("<map>", "a map from `mho map`")
    .addOption(boardOption())
    .option("--tolerance <µS>", "how near its target a cell must read", microsiemensOf)
    .option("--max-pulses <n>", "after which a cell is left as it is", count)
    .option("--resume", "go on where an earlier, interrupted deploy stopped")
    .action(async (file, options) => {
      const map = await readMap(file);
      const journal = `${file}.journal`;
      await using board = await open(options.board, terminal);
      const wanted = {
        journal,
        resume: options.resume === true,
        signal: terminal.signal,
        ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
        ...(options.maxPulses === undefined ? {} : { maxPulses: options.maxPulses }),
      };
      const done = await terminal.progress("program", (onProgress) =>
        deploy(map, board, { ...wanted, onProgress }),
      );
      report(terminal, options, deployDocument(done), () => deployLines(done));
    });
