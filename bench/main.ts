import { parseArgs } from "node:util";
import { deviceReading } from "./device-reads.ts";
import { gaussians } from "./gaussians.ts";
import { linearCost } from "./linear.ts";
import { momentReading } from "./moment-reads.ts";
import { network } from "./network.ts";
import { deployment, importing, mapping } from "./preparing.ts";
import { products } from "./products.ts";
import { posterior, posteriorLaplace, wireBytes } from "./reading.ts";
import { noRivals, rivals } from "./rivals.ts";
import type { Bench, Row } from "./row.ts";
import { solve128, solve256, solveRead } from "./solve.ts";
import { telegraphNoise } from "./telegraph.ts";
import { unplug } from "./unplug.ts";
import { wireShare } from "./wire.ts";

const benches: readonly Bench[] = [
  gaussians,
  deviceReading,
  momentReading,
  network,
  telegraphNoise,
  products,
  linearCost,
  importing,
  mapping,
  deployment,
  wireShare,
  wireBytes,
  posterior,
  posteriorLaplace,
  solve128,
  solve256,
  solveRead,
  unplug,
];

const usage = `npm run bench -- [--rivals] [--json] [--only NAME]\n${benches.map(({ name, does }) => `  ${name.padEnd(22)}${does}`).join("\n")}\n`;

const figure = (value: number | null): string => (value === null ? "–" : value.toPrecision(3));

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function line(row: Row): string {
  const beside = [
    row.rival &&
      `${figure(row.ratio)}${row.ratioSpread === null ? "" : ` ± ${percent(row.ratioSpread)}`} × ${row.rival} (${figure(row.rivalValue)} ± ${percent(row.rivalSpread ?? 0)})`,
    row.limit && `${figure(row.ofLimit)} of ${row.limit} (${figure(row.limitValue)})`,
    row.note,
    row.reason,
  ].filter(Boolean);
  return `${row.name.padEnd(22)}${figure(row.value).padStart(9)} ${row.unit} ± ${percent(row.spread)}: ${beside.join("; ")}\n`;
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
    const made = [await bench.run(values.rivals ? rivals : noRivals)].flat();
    rows.push(...made);
    if (!values.json) process.stdout.write(made.map(line).join(""));
  }
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  return 0;
}

process.exitCode = await main();
