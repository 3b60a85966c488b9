import { MhoError } from "#protocol";
import type { Numbers, Probabilities, SampleSet } from "./types.ts";

/** Refuses a sample set whose lengths contradict one another, or that holds no sample. */
export function checkSampleSet({ items, samples, outputs, values }: SampleSet): void {
  if (samples >= 1 && outputs >= 1 && values.length === items * samples * outputs) return;
  const found = `${values.length} values`;
  throw new MhoError("SHAPE_MISMATCH", {
    what: "a sample set",
    found,
    wanted: `${items} × ${samples} × ${outputs}, at least one sample`,
  });
}

/** Number of classes of items × classes probabilities with one label an item; refuses what is no probability or no label. */
export function classesOf(probabilities: Probabilities, labels: Numbers): number {
  const classes = probabilities.length / labels.length;
  if (!Number.isInteger(classes)) {
    const found = `${probabilities.length} values`;
    throw new MhoError("SHAPE_MISMATCH", {
      what: "a table of probabilities",
      found,
      wanted: `a multiple of ${labels.length} labels`,
    });
  }
  for (const p of probabilities) {
    if (!(p >= 0 && p <= 1)) throw new MhoError("NOT_A_QUANTITY", { value: p, unit: "probability (0 … 1)" });
  }
  for (let item = 0; item < labels.length; item++) checkLabel(labels[item]!, item, classes);
  return classes;
}

/** Refuses a label that names none of the classes. */
export function checkLabel(label: number, item: number, classes: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classes) return;
  throw new MhoError("LABEL_INVALID", { label, item, last: classes - 1 });
}
