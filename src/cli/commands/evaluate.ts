import { performance } from "node:perf_hooks";
import type { CrossbarBoard } from "#protocol";
import { readImages, readLabels } from "../../datasets/index.ts";
import { type Evaluation, evaluate, evaluateReference } from "../../pipeline.ts";
import { boardOption, command, count, layersOption, report, seed } from "../command.ts";
import { scalesInWords } from "../describe.ts";
import { firstOf, normalised } from "../inputs.ts";
import { open } from "../open.ts";
import { boardDocument, inferOptions, onBoard, sourceInWords } from "../ready.ts";
import type { Terminal } from "../terminal.ts";
import { aligned, percent, si } from "../text.ts";

async function linkBytes(board: CrossbarBoard): Promise<number> {
  const { host } = await board.linkFigures();
  return host.bytesIn + host.bytesOut;
}

const metrics = [
  "accuracy",
  "nll",
  "ece",
  "brier",
  "predictiveEntropy",
  "softmaxEntropy",
  "mutualInformation",
] as const;

function lines(board: Evaluation, software?: Evaluation): string[] {
  const figure = (name: string, of: (from: Evaluation) => number | undefined): string[][] =>
    of(board) === undefined
      ? []
      : [[name, ...[board, software].flatMap((from) => (from ? [of(from)?.toFixed(4) ?? ""] : []))]];
  return aligned([
    ["", "board", ...(software ? ["software reference"] : [])],
    ...metrics.flatMap((name) => figure(name, (from) => from[name])),
    ...figure("OOD mutual information", (from) => from.ood?.mutualInformation),
    ...figure("AUROC mutual information", (from) => from.ood?.auroc.mutualInformation),
    ...figure("AUROC predictive entropy", (from) => from.ood?.auroc.predictiveEntropy),
    ...figure("AUROC softmax entropy", (from) => from.ood?.auroc.softmaxEntropy),
  ]);
}

export const evaluateCommand = (terminal: Terminal) =>
  command(terminal, "evaluate", {
    does: "Accuracy and uncertainty of a model on a board over a data set, and how well it knows foreign inputs.",
    examples: [
      "mho evaluate model.mho --images t10k-images-idx3-ubyte --labels t10k-labels-idx1-ubyte --limit 1000",
      "mho evaluate model.mho --images x.npy --labels y.npy --ood fashion-images.gz --reference --json",
    ],
  })
    .argument("<model>", "a model, or a map from `mho map`")
    .requiredOption("--images <file>", "IDX or .npy, gzip accepted")
    .requiredOption("--labels <file>", "IDX or .npy, gzip accepted")
    .option("--ood <file>", "images of another kind, which the model should find strange")
    .option("--limit <n>", "take the first n of each set", count)
    .option("--samples <k>", "posterior samples an input", count, 30)
    .addOption(layersOption())
    .addOption(boardOption())
    .option("--reference", "also sample the posterior in software, without a board")
    .option("--seed <n>", "of what the host draws", seed, 1)
    .action(async (file, options) => {
      const images = firstOf(await readImages(options.images), options.limit);
      const labels = (await readLabels(options.labels)).subarray(0, options.limit);
      const ood =
        options.ood === undefined ? undefined : firstOf(await readImages(options.ood), options.limit);
      await using board = await open(options.board, terminal);
      const map = await onBoard(terminal, board, file, {
        probes: images,
        probesPath: options.images,
        seed: options.seed,
      });
      const set = {
        images: normalised(map.model, images, options.images),
        labels,
        ...(ood ? { ood: normalised(map.model, ood, options.ood ?? "") } : {}),
      };
      const [started, before] = [performance.now(), await linkBytes(board)];
      const wanted = await inferOptions(terminal, board, options);
      const found = await terminal.progress("evaluate", (onProgress) =>
        evaluate(map, board, set, { ...wanted, onProgress }),
      );
      const [seconds, wireBytes] = [(performance.now() - started) / 1000, (await linkBytes(board)) - before];
      const software = options.reference ? evaluateReference(map.model, set, options) : undefined;
      const document = {
        ...{ model: file, board: boardDocument(board), scalesFrom: map.scalesFrom },
        ...{ ...found, wireBytes, seconds, seed: options.seed },
        ...(software ? { reference: software } : {}),
      };
      report(terminal, options, document, () => [
        `${file} on ${sourceInWords(board)} board ${board.descriptor.uid}${board.descriptor.profile && ` (profile ${board.descriptor.profile})`}`,
        `${found.n} inputs × ${found.samples} samples, right ${percent(found.accuracy)}, ${si(wireBytes, "B")} over the wire, ${seconds.toFixed(1)} s`,
        scalesInWords(map),
        ...lines(found, software),
      ]);
    });
