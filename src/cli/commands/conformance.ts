import { realClock } from "#calibration";
import { MhoError } from "#protocol";
import { type Conformance, conformanceOf, conformancePage, verdictInWords } from "../../conformance/index.ts";
import { writeAtomically } from "../../datasets/index.ts";
import { boardOption, command, report } from "../command.ts";
import { inProgram, isReplay, open } from "../open.ts";
import { expectOutput } from "../outputs.ts";
import { Ended } from "../run.ts";
import type { Terminal } from "../terminal.ts";
import { aligned } from "../text.ts";
import { version } from "../version.ts";

/** Asks a person whether cells may be changed; anything but yes, also nobody there, is no. */
async function allowed(terminal: Terminal): Promise<boolean> {
  terminal.err(
    "Half of the checks program cells in a corner of the last tile: a few thousand pulses, and what it holds is lost.\nRun them? [y/N] ",
  );
  for await (const line of terminal.lines) return /^y(es)?$/i.test(line.trim());
  terminal.signal.throwIfAborted();
  terminal.err("\n");
  return false;
}

function lines(found: Conformance): string[] {
  const rows = found.findings.map(({ title, verdict, seconds, why }) => [
    verdict,
    `${seconds.toFixed(2)} s`,
    title,
    why.join(" · "),
  ]);
  return [...aligned(rows), "", verdictInWords(found)];
}

export const conformanceCommand = (terminal: Terminal) =>
  command(terminal, "conformance", {
    does: "Holds everything that a board owes against one, and writes a report: pass, marginal or fail, with timings.",
    examples: [
      "mho conformance --board serial:/dev/ttyACM0 --html report.html",
      "mho conformance --board sim: --destructive --json",
    ],
  })
    .addOption(boardOption())
    .option("--destructive", "change cells without asking")
    .option("--html <file>", "also write the report as a page")
    .action(async (options) => {
      if (isReplay(options.board))
        throw new MhoError("OPTION_INVALID", {
          option: "--board",
          value: options.board,
          why: "a recording says again what a board said; give the board itself",
        });
      await expectOutput(options.html);
      // A board that begins and ends with this program holds nothing that could be lost.
      const destructive = (options.destructive ?? inProgram(options.board)) || (await allowed(terminal));
      const found = await terminal.progress("check", (onProgress) =>
        conformanceOf({
          open: () => open(options.board, terminal),
          clock: realClock(),
          mho: version,
          date: new Date().toISOString(),
          ...{ destructive, signal: terminal.signal, onProgress },
        }),
      );
      if (options.html !== undefined)
        await writeAtomically(options.html, Buffer.from(conformancePage(found)));
      report(terminal, options, found, () => lines(found));
      if (!found.conforms) throw new Ended(1);
    });
