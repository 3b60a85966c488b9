import { map, writeMap } from "../../mapping/index.ts";
import { importModel } from "../../model/index.ts";
import { boardOption, command, report, seed } from "../command.ts";
import { budgetDocument, mapLines } from "../describe.ts";
import { deviceOf, probes } from "../inputs.ts";
import { open } from "../open.ts";
import { expectOutput } from "../outputs.ts";
import type { Terminal } from "../terminal.ts";

export const mapCommand = (terminal: Terminal) =>
  command(terminal, "map", {
    does: "Turns a model into conductances for a board, and says how the board's noise compares with the posterior's.",
    examples: ["mho map model.mho --board 'sim:?profile=hfox-tsinghua' --probes images.npy -o map.mho"],
  })
    .argument("<model>", "a model, or weights that `mho import` reads without more words")
    .addOption(boardOption())
    .option("--probes <file>", "typical inputs (IDX or .npy) from which the scales are taken")
    .option("--seed <n>", "of the inputs that stand in where there are no probes", seed, 1)
    .option("-o, --output <file>", "where the map goes; without it, nothing is written")
    .action(async (file, options) => {
      await expectOutput(options.output, [file, ...(options.probes === undefined ? [] : [options.probes])]);
      const model = await importModel(file);
      await using board = await open(options.board, terminal);
      const device = await deviceOf(board);
      const made = map(model, board.descriptor, {
        seed: options.seed,
        ...(device ? { device } : {}),
        ...(options.probes === undefined ? {} : { probes: await probes(options.probes, model) }),
      });
      if (options.output !== undefined) await writeMap(options.output, made);
      report(terminal, options, budgetDocument(made), () => [
        ...mapLines(made),
        options.output === undefined
          ? "nothing written: -o map.mho keeps the map"
          : `map written to ${options.output}`,
      ]);
    });
