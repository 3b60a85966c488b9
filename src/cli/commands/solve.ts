import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type CrossbarSolution, factorCrossbar, type LineResistance, solveCrossbar } from "#calibration";
import { MhoError, microsiemens, ohms } from "#protocol";
import { command, report } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { aligned, percent, si } from "../text.ts";

const Resistance = z.number().min(0).transform(ohms);
const Matrix = z.array(z.array(z.number())).min(1);
/** A crossbar and the lines to solve it for; whatever else the file holds is left alone. */
const Circuit = z.object({
  m: z.int().positive(),
  n: z.int().positive(),
  G_uS: Matrix,
  V: Matrix,
  cases: z
    .array(
      z.object({
        r_wl: Resistance,
        r_bl: Resistance,
        r_src: Resistance.default(ohms(0)),
        r_out: Resistance.default(ohms(0)),
      }),
    )
    .min(1),
});
type Circuit = z.output<typeof Circuit>;

const invalid = (path: string, why: string, cause?: unknown): MhoError =>
  new MhoError("CIRCUIT_INVALID", { why: `${path}: ${why}` }, { cause });

async function circuit(path: string): Promise<Circuit> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new MhoError("FILE_UNREADABLE", { path, why: cause.code ?? cause.message }, { cause });
  });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, `no JSON, ${(cause as Error).message}`, cause);
  }
  const parsed = Circuit.safeParse(document);
  if (!parsed.success) throw invalid(path, z.prettifyError(parsed.error), parsed.error);
  const { m, n, G_uS, V } = parsed.data;
  const ragged = G_uS.findIndex((row) => row.length !== n);
  if (G_uS.length !== m || ragged >= 0)
    throw invalid(
      path,
      `G_uS holds ${G_uS.length} rows${ragged < 0 ? "" : `, row ${ragged} of ${G_uS[ragged]!.length} devices`}; m × n is ${m} × ${n}`,
    );
  const short = V.findIndex((vector) => vector.length !== m);
  if (short >= 0)
    throw invalid(path, `vector ${short} of V holds ${V[short]!.length} voltages for ${m} word lines`);
  return parsed.data;
}

/** Of the largest current: ten of the twelve digits on which circuit simulators agree. */
const tolerance = 1e-10;

interface Solved {
  readonly lines: LineResistance;
  /** Vectors × columns, A. */
  readonly I: readonly (readonly number[])[];
  readonly error: number;
}

function solved({ m, n, G_uS, V, cases }: Circuit): Solved[] {
  const conductances = Float64Array.from(G_uS.flat(), microsiemens);
  const voltages = Float64Array.from(V.flat());
  const rowsOf = ({ currents }: CrossbarSolution): number[][] =>
    V.map((_, k) => Array.from(currents.subarray(k * n, (k + 1) * n)));
  return cases.map(({ r_wl, r_bl, r_src, r_out }) => {
    const lines = { wordLine: r_wl, bitLine: r_bl, driver: r_src, sense: r_out };
    const solution = solveCrossbar(factorCrossbar(conductances, { rows: m, cols: n, lines }), voltages, {
      tolerance,
    });
    return { lines, I: rowsOf(solution), error: solution.error };
  });
}

/** A column's current in each vector, and what part of Σ V G the lines take away. */
function table({ G_uS, V }: Circuit, { lines, I }: Solved, index: number): string[] {
  const ideal = V.map(
    (volts) => (j: number) => volts.reduce((sum, v, i) => sum + v * G_uS[i]![j]! * 1e-6, 0),
  );
  const cells = (j: number): string[] =>
    V.flatMap((_, k) => {
      const [current, whole] = [I[k]![j]!, ideal[k]!(j)];
      return [si(current, "A", 6), whole === 0 ? "–" : percent(1 - current / whole, 2)];
    });
  return [
    `case ${index}: word line ${si(lines.wordLine, "Ω")}, bit line ${si(lines.bitLine, "Ω")} a segment; driver ${si(lines.driver, "Ω")}, sense ${si(lines.sense, "Ω")}`,
    ...aligned([
      ["column", ...V.flatMap((_, k) => [`vector ${k}`, "loss"])],
      ...I[0]!.map((_, j) => [String(j), ...cells(j)]),
    ]),
  ];
}

export const solveCommand = (terminal: Terminal) =>
  command(terminal, "solve", {
    does: "Column currents of a crossbar whose lines have resistance, exact to the circuit (docs/line-resistance.md).",
    examples: ["mho solve circuit.json", "mho solve circuit.json --json"],
  })
    .argument(
      "<circuit>",
      "JSON: m, n, G_uS [m][n], V [vectors][m], cases [{ r_wl, r_bl, r_src?, r_out? }] in Ω",
    )
    .action(async (path, options) => {
      const given = await circuit(path);
      const cases = solved(given);
      report(terminal, options, { cases: cases.map(({ I, error }) => ({ I, error })) }, () =>
        cases.flatMap((one, index) => [...(index > 0 ? [""] : []), ...table(given, one, index)]),
      );
    });
