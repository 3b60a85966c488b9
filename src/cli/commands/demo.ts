import type { CrossbarBoard } from "#protocol";
import { shippedModelPath } from "../../datasets/index.ts";
import type { DeployReport } from "../../deploy/index.ts";
import { type ConductanceMap, map } from "../../mapping/index.ts";
import { importModel, normalise } from "../../model/index.ts";
import { infer } from "../../pipeline.ts";
import { accuracy } from "../../uncertainty/index.ts";
import { boardOption, command, count, report, seed } from "../command.ts";
import { demoInputs, side } from "../demo/cases.ts";
import { tilePicture } from "../demo/tile.ts";
import { abstainAbove, abstainShare, type CaseOpinion, opinionOf, panelLines } from "../demo/verdict.ts";
import { deployDocument } from "../describe.ts";
import { deviceOf } from "../inputs.ts";
import { open } from "../open.ts";
import { drawPixels, viridis } from "../picture/index.ts";
import { boardDocument, inferOptions, programmed, sourceInWords } from "../ready.ts";
import type { Terminal } from "../terminal.ts";
import { percent, si } from "../text.ts";

/** All that the demo computed, before anything of it is drawn. */
interface Run {
  readonly map: ConductanceMap;
  readonly board: CrossbarBoard;
  readonly deployed: DeployReport;
  readonly digits: { readonly n: number; readonly samples: number; readonly accuracy: number };
  readonly abstainAbove: number;
  readonly shown: readonly { readonly opinion: CaseOpinion; readonly image: Uint8Array }[];
}

/** The way of the data: model → map → board → posterior samples → opinions. */
async function runDemo(
  terminal: Terminal,
  board: CrossbarBoard,
  options: { samples: number; seed: number },
): Promise<Run> {
  const model = await importModel(shippedModelPath());
  const { images, labels, cases } = await demoInputs(options.seed);
  const inputs = normalise(model.input, images);
  const device = await deviceOf(board);
  const made = map(model, board.descriptor, {
    probes: inputs,
    seed: options.seed,
    ...(device ? { device } : {}),
  });
  const deployed = await programmed(terminal, made, board);
  const wanted = await inferOptions(terminal, board, options);
  const { predictive } = await terminal.progress("infer", (onProgress) =>
    infer(made, board, inputs, { ...wanted, onProgress }),
  );
  const n = labels.length;
  const right = accuracy(predictive.probabilities.subarray(0, n * predictive.classes), labels);
  const bound = abstainAbove(predictive, n);
  const shown = cases.map((each) => ({
    opinion: opinionOf(each, predictive, bound),
    image: images.subarray(each.item * side * side, (each.item + 1) * side * side),
  }));
  return {
    map: made,
    board,
    deployed,
    digits: { n, samples: options.samples, accuracy: right },
    abstainAbove: bound,
    shown,
  };
}

function lines({ map: made, board, deployed, digits, shown, ...run }: Run, terminal: Terminal): string[] {
  const { descriptor: d } = board;
  const sizes = [made.layers[0]!.inputs, ...made.layers.map((layer) => layer.outputs)];
  const drawn = tilePicture(made, deployed.conductances, d, { width: terminal.columns - 4, height: 24 });
  const cells = deployDocument(deployed);
  return [
    `${sourceInWords(board)} board (profile ${d.profile || "unknown"}), ${d.tiles} tiles of ${d.rows} × ${d.cols}, ${d.adc.bits}-bit ADC`,
    `model ${sizes.join(" → ")}, every weight a mean and a standard deviation`,
    `programmed ${cells.cells} cells with ${cells.pulses} pulses; ${percent(cells.settled / cells.cells, 2)} settled`,
    "",
    `tile ${drawn.tile} as it reads back, ${si(d.conductance.min, "S")} … ${si(d.conductance.max, "S")}, from row ${drawn.row}, column ${drawn.col}`,
    ...drawPixels(drawn.pixels, viridis, terminal.colour),
    "",
    `${digits.n} digits it was not trained on, ${digits.samples} posterior samples each: ${percent(digits.accuracy)} right`,
    `It abstains above ${run.abstainAbove.toFixed(2)} nat in total, which ${percent(abstainShare, 0)} of those digits exceed`,
    "",
    ...panelLines(shown, terminal),
    "total = aleatoric (the input is ambiguous) + epistemic (the model does not know)",
    "± is the Monte-Carlo error of the samples",
  ];
}

export const demoCommand = (terminal: Terminal) =>
  command(terminal, "demo", {
    does: "The whole way on the shipped model and digits: program a board, read it out, and say how sure it is.",
    examples: ["mho demo", "mho demo --board tcp://localhost:7000 --seed 7"],
  })
    .addOption(boardOption().default("sim:?profile=hfox-tsinghua"))
    .option("--samples <k>", "posterior samples an input", count, 30)
    .option("--seed <n>", "of what the host draws", seed, 1)
    .action(async (options) => {
      await using board = await open(options.board, terminal);
      const run = await runDemo(terminal, board, options);
      const { digits, abstainAbove: bound, shown } = run;
      const opinions = shown.map(({ opinion }) => opinion);
      const document = {
        board: boardDocument(board),
        deploy: deployDocument(run.deployed),
        digits,
        abstainAbove: bound,
        shown: opinions,
      };
      report(terminal, options, { ...document, seed: options.seed }, () => lines(run, terminal));
    });
