import { importModel, summarise, writeModel } from "../../model/index.ts";
import { command, report } from "../command.ts";
import { summaryLines } from "../describe.ts";
import { arch } from "../inputs.ts";
import { expectOutput } from "../outputs.ts";
import type { Terminal } from "../terminal.ts";

export const importCommand = (terminal: Terminal) =>
  command(terminal, "import", {
    does: "Reads trained weights, says which library they are from and how σ was made, and writes a model.",
    examples: ["mho import weights.pt --arch arch.json -o model.mho"],
  })
    .argument("<file>", ".pt, .pth, .safetensors, .npz or .mho")
    .option("--arch <file>", "what the weights do not say: input and layers (docs/import.md)")
    .option("--std <transform>", "how the stored spread becomes σ: softplus, exp, identity, …")
    .option("-o, --output <file>", "where the model goes; without it, nothing is written")
    .action(async (file, options) => {
      await expectOutput(options.output, [file]);
      const model = await importModel(file, {
        ...(options.arch === undefined ? {} : { arch: await arch(options.arch) }),
        ...(options.std === undefined ? {} : { std: options.std }),
      });
      if (options.output !== undefined) await writeModel(options.output, model);
      const summary = summarise(model);
      report(terminal, options, summary, () => [
        ...summaryLines(summary),
        options.output === undefined
          ? "nothing written: -o model.mho keeps the model"
          : `model written to ${options.output}`,
      ]);
    });
