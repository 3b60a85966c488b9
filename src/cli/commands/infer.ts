import { readImages } from "../../datasets/index.ts";
import { type Inference, infer } from "../../pipeline.ts";
import { boardOption, command, count, layersOption, report, seed } from "../command.ts";
import { scalesInWords } from "../describe.ts";
import { normalised } from "../inputs.ts";
import { open } from "../open.ts";
import { boardDocument, inferOptions, onBoard } from "../ready.ts";
import type { Terminal } from "../terminal.ts";
import { aligned, withError } from "../text.ts";

/** One document an item: its class and how sure that is. Entropies in nats, errors are Monte-Carlo standard errors. */
function itemDocuments({ predictive: p }: Inference) {
  return Array.from({ length: p.items }, (_, item) => ({
    class: p.label[item] as number,
    probabilities: p.probabilities.subarray(item * p.classes, (item + 1) * p.classes),
    probabilityErrors: p.probabilityErrors.subarray(item * p.classes, (item + 1) * p.classes),
    predictiveEntropy: p.predictiveEntropy[item] as number,
    predictiveEntropyError: p.predictiveEntropyError[item] as number,
    softmaxEntropy: p.softmaxEntropy[item] as number,
    softmaxEntropyError: p.softmaxEntropyError[item] as number,
    mutualInformation: p.mutualInformation[item] as number,
    mutualInformationError: p.mutualInformationError[item] as number,
  }));
}

function lines(items: ReturnType<typeof itemDocuments>): string[] {
  return aligned([
    ["item", "class", "probability", "total (nat)", "aleatoric", "epistemic"],
    ...items.map((found, item) => [
      `${item}`,
      `${found.class}`,
      withError(found.probabilities[found.class] as number, found.probabilityErrors[found.class] as number),
      withError(found.predictiveEntropy, found.predictiveEntropyError),
      withError(found.softmaxEntropy, found.softmaxEntropyError),
      withError(found.mutualInformation, found.mutualInformationError),
    ]),
  ]);
}

export const inferCommand = (terminal: Terminal) =>
  command(terminal, "infer", {
    does: "Runs inputs through a model on a board: predictions with total, aleatoric and epistemic uncertainty.",
    examples: ["mho infer model.mho --input images.npy --samples 50 --board 'sim:?profile=hfox-tsinghua'"],
  })
    .argument("<model>", "a model, or a map from `mho map`")
    .requiredOption("--input <file>", "inputs as they were stored: .npy or IDX, gzip accepted")
    .addOption(boardOption())
    .option("--samples <k>", "posterior samples an input", count, 30)
    .addOption(layersOption())
    .option("--seed <n>", "of what the host draws", seed, 1)
    .action(async (file, options) => {
      const images = await readImages(options.input);
      await using board = await open(options.board, terminal);
      const map = await onBoard(terminal, board, file, {
        probes: images,
        probesPath: options.input,
        seed: options.seed,
      });
      const inputs = normalised(map.model, images, options.input);
      const wanted = await inferOptions(terminal, board, options);
      const inferred = await terminal.progress("infer", (onProgress) =>
        infer(map, board, inputs, { ...wanted, onProgress }),
      );
      const items = itemDocuments(inferred);
      const { readOuts, saturated, clipped, short } = inferred.samples;
      const document = {
        model: file,
        board: boardDocument(board),
        scalesFrom: map.scalesFrom,
        n: items.length,
        samples: options.samples,
        items,
      };
      report(
        terminal,
        options,
        { ...document, readOuts, saturated, clipped, short, seed: options.seed },
        () => [scalesInWords(map), ...lines(items)],
      );
    });
