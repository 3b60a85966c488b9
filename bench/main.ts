import { parseArgs } from "node:util";
import { gaussians } from "./gaussians.ts";
import type { Bench, Row } from "./measure.ts";
import { deployment, importing, mapping } from "./preparing.ts";
import { posterior, posteriorLaplace, readOut, wire } from "./reading.ts";

const benches: readonly Bench[] = [
  gaussians,
  importing,
  mapping,
  deployment,
  readOut,
  wire,
  posterior,
  posteriorLaplace,
];

const usage = `npm run bench -- [--json] [--only NAME]\n${benches.map(({ name, does }) => `  ${name.padEnd(18)}${does}`).join("\n")}\n`;

const figure = (value: number | null): string => (value === null ? "–" : value.toPrecision(3));

function line(row: Row): string {
  const beside = [
    row.rival && `${figure(row.ratio)} × ${row.rival} (${figure(row.rivalValue)})`,
    row.limit && `${figure(row.ofLimit)} of ${row.limit} (${figure(row.limitValue)})`,
    row.reason,
  ].filter(Boolean);
  return `${row.name.padEnd(18)}${figure(row.value).padStart(9)} ${row.unit} ± ${(100 * row.spread).toFixed(0)} %: ${beside.join("; ")}\n`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean" },
      rivals: { type: "boolean" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const chosen = benches.filter(({ name }) => values.only === undefined || name === values.only);
  if (values.help || chosen.length === 0) {
    process.stderr.write(usage);
    return values.help ? 0 : 2;
  }
  const rows: Row[] = [];
  for (const bench of chosen) {
    process.stderr.write(`${bench.name} …\n`);
    rows.push(await bench.run());
    if (!values.json) process.stdout.write(line(rows.at(-1)!));
  }
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  return 0;
}

process.exitCode = await main();
