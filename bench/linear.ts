import { deviceReads, direct, momentReads, streams } from "#calibration";
import { random } from "./device-reads.ts";
import { cpuRateOf } from "./measure.ts";
import { type Bench, type Row, row } from "./row.ts";

const sizes = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const at = { seed: 1, stream: streams.deviceReads, first: 0 };
const reason = "held against itself: cost should grow as rows × columns";

/** Both engines at one size; the memory is what the crossbar takes in the kernel. */
async function rowsOf(side: number): Promise<Row[]> {
  const cells = side * side;
  const [mean, sigma, inputs] = [random(cells, 1), random(cells, 0.05), random(side, 1)];
  const megabytes = ((8 * cells) / 1e6).toPrecision(2);
  const count = Math.max(1, Math.floor(2 ** 20 / cells));
  const devices = direct(deviceReads({ rows: side, cols: side, conductance: mean, sigma }));
  const repeats = cells > 1e6 ? 3 : 7;
  const every = await cpuRateOf(() => devices({ ...at, inputs, count }), count, repeats);
  const moments = direct(momentReads({ rows: side, cols: side, mean, sigma, low: -128, high: 127 }));
  const once = await cpuRateOf(() => moments({ ...at, inputs, repeats: 1 }), 1, repeats);
  const many = await cpuRateOf(() => moments({ ...at, inputs, repeats: 100 }), 100, repeats);
  const line = (engine: string, rate: { value: number; spread: number }, per: string): Row =>
    row({
      ...{ name: `linear-${engine}-${side}`, unit: "µs a read-out", lessIsBetter: true, reason },
      rate: { value: 1e6 / rate.value, spread: rate.spread },
      note: `${per}, ${megabytes} MB`,
    });
  const each = (rate: { value: number }, of: number): string => (1e9 / rate.value / of).toPrecision(3);
  return [
    line("device", every, `${each(every, cells)} ns a device`),
    line(
      "moment",
      once,
      `${each(once, cells)} ns a device for the first sample, ${each(many, side)} ns a column over 100`,
    ),
  ];
}

export const linearCost: Bench = {
  name: "linear",
  does: `time and memory of a read-out from ${sizes[0]}² to ${sizes.at(-1)}²`,
  run: async () => {
    const rows: Row[] = [];
    for (const side of sizes) rows.push(...(await rowsOf(side)));
    return rows;
  },
};
