import type { Predictive } from "../../uncertainty/index.ts";
import { beside, type Opinion, panel, panelWidth } from "../picture/index.ts";
import type { Terminal } from "../terminal.ts";
import { type Case, side } from "./cases.ts";

/** Share of ordinary inputs on which the network abstains: what sets the bar for all others. */
export const abstainShare = 0.1;

/** The total uncertainty that only `abstainShare` of the first `known` items exceed. */
export function abstainAbove({ predictiveEntropy }: Predictive, known: number): number {
  const sorted = predictiveEntropy.slice(0, known).sort();
  return sorted[Math.ceil((1 - abstainShare) * known) - 1] as number;
}

/** One shown input with the network's opinion of it: the document of `mho demo --json`. */
export function opinionOf({ title, item, label }: Case, p: Predictive, bound: number) {
  const at = (values: Float64Array): number => values[item] as number;
  return {
    ...{ title, label, class: p.label[item] as number },
    probabilities: Array.from(p.probabilities.subarray(item * p.classes, (item + 1) * p.classes)),
    ...{ predictiveEntropy: at(p.predictiveEntropy), predictiveEntropyError: at(p.predictiveEntropyError) },
    ...{ softmaxEntropy: at(p.softmaxEntropy), softmaxEntropyError: at(p.softmaxEntropyError) },
    ...{ mutualInformation: at(p.mutualInformation), mutualInformationError: at(p.mutualInformationError) },
    abstains: at(p.predictiveEntropy) > bound,
  };
}
export type CaseOpinion = ReturnType<typeof opinionOf>;

function drawable(opinion: CaseOpinion, image: Uint8Array): Opinion {
  const { title, probabilities, abstains } = opinion;
  return {
    ...{ title, probabilities, abstains },
    picture: { width: side, height: side, values: Float32Array.from(image, (value) => value / 255) },
    total: [opinion.predictiveEntropy, opinion.predictiveEntropyError],
    aleatoric: [opinion.softmaxEntropy, opinion.softmaxEntropyError],
    epistemic: [opinion.mutualInformation, opinion.mutualInformationError],
    verdict: abstains ? `abstains (${opinion.class}?)` : `says ${opinion.class}`,
  };
}

/** Panels, two in a row where the terminal has room. */
export function panelLines(
  shown: readonly { opinion: CaseOpinion; image: Uint8Array }[],
  terminal: Terminal,
): string[] {
  const panels = shown.map(({ opinion, image }) => panel(drawable(opinion, image), terminal.colour));
  const width = panelWidth + 3;
  if (terminal.columns < 2 * width - 3) return panels.flatMap((lines) => [...lines, ""]);
  return panels.flatMap((left, k) => (k % 2 === 0 ? [...beside(left, panels[k + 1] ?? [], width), ""] : []));
}
