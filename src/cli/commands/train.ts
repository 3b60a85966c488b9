import { readImages, readLabels } from "../../datasets/index.ts";
import { summarise, writeModel } from "../../model/index.ts";
import { train } from "../../training/index.ts";
import { command, count, positive, report, seed } from "../command.ts";
import { summaryLines } from "../describe.ts";
import { firstOf } from "../inputs.ts";
import { expectOutput } from "../outputs.ts";
import type { Terminal } from "../terminal.ts";

const sizes = (text: string): number[] => text.split(",").map(count);

export const trainCommand = (terminal: Terminal) =>
  command(terminal, "train", {
    does: "Trains a Bayesian classifier of dense layers (Bayes by backprop) and writes a model.",
    examples: [
      "mho train --images train-images-idx3-ubyte --labels train-labels-idx1-ubyte --hidden 100 -o model.mho",
    ],
  })
    .requiredOption("--images <file>", "IDX or .npy, gzip accepted")
    .requiredOption("--labels <file>", "IDX or .npy, gzip accepted")
    .requiredOption("-o, --output <file>", "where the model goes")
    .option("--hidden <sizes>", "neurons of each hidden layer, with commas between", sizes, [100])
    .option("--epochs <n>", "passes over the examples", count, 20)
    .option("--learning-rate <rate>", "of Adam, at the start", positive, 2e-3)
    .option("--limit <n>", "take the first n examples", count)
    .option("--seed <n>", "of the initial weights and all draws", seed, 1)
    .action(async (options) => {
      await expectOutput(options.output, [options.images, options.labels]);
      const { epochs, hidden, learningRate, limit } = options;
      const images = firstOf(await readImages(options.images), limit);
      const labels = (await readLabels(options.labels)).subarray(0, limit);
      const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
      const recipe = {
        images,
        labels,
        classes,
        hidden,
        epochs,
        learningRate,
        seed: options.seed,
        signal: terminal.signal,
      };
      const model = await terminal.progress("train", (update) =>
        train({ ...recipe, onProgress: ({ epoch }) => update(epoch, epochs) }),
      );
      await writeModel(options.output, model);
      const summary = summarise(model);
      report(terminal, options, summary, () => [
        ...summaryLines(summary),
        `model written to ${options.output}`,
      ]);
    });
