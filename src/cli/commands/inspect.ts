import { open } from "node:fs/promises";
import { loadProfile, profileNames } from "#calibration";
import { readRecording, recordingMark } from "#drivers";
import { MhoError } from "#protocol";
import { readMap } from "../../mapping/index.ts";
import { importModel, summarise } from "../../model/index.ts";
import { command, report } from "../command.ts";
import { budgetDocument, mapLines, summaryLines } from "../describe.ts";
import { profileDocument, profileLines } from "../describe-profile.ts";
import { recordingDocument, recordingLines } from "../describe-recording.ts";
import { isMap } from "../inputs.ts";
import type { Terminal } from "../terminal.ts";

interface Found {
  readonly document: unknown;
  readonly lines: readonly string[];
}

/** Whether a file begins as recordings do. Errors: FILE_UNREADABLE. */
async function isRecording(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(recordingMark.length));
    return buffer.subarray(0, bytesRead).equals(recordingMark);
  } catch (cause) {
    throw new MhoError("FILE_UNREADABLE", { path, why: (cause as Error).message }, { cause });
  }
}

/** What a file holds, by its kind. */
async function look(path: string, terminal: Terminal): Promise<Found> {
  if (path.endsWith(".json") || (await profileNames()).includes(path)) {
    const profile = await loadProfile(path);
    return {
      document: profileDocument(profile),
      lines: profileLines(profile, { columns: terminal.columns, colour: terminal.colour }),
    };
  }
  if (await isRecording(path)) {
    const recording = await readRecording(path);
    return { document: recordingDocument(recording), lines: recordingLines(recording) };
  }
  if (await isMap(path)) {
    const map = await readMap(path);
    return { document: budgetDocument(map), lines: mapLines(map) };
  }
  const model = await importModel(path);
  const summary = summarise(model);
  const { input, output } = model;
  const shape = `input ${input.shape.join("×")} as (value / ${input.scale} − ${input.mean}) / ${input.std}; output ${output}`;
  return { document: { kind: "model", ...summary, input, output }, lines: [...summaryLines(summary), shape] };
}

export const inspectCommand = (terminal: Terminal) =>
  command(terminal, "inspect", {
    does: "Says what is in a model, a map, a recording or a board profile.",
    examples: ["mho inspect map.mho", "mho inspect hfox-tsinghua"],
  })
    .argument("<file>", "a .mho file, weights, a profile's name or its .json file")
    .action(async (file, options) => {
      const { document, lines } = await look(file, terminal);
      report(terminal, options, document, () => lines);
    });
