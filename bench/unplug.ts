import { realClock } from "#calibration";
import { openPty, serialTransport } from "#drivers";
import { type Bench, row } from "./row.ts";

const times = 100;

/** Milliseconds from a tty's hang-up until the host's transport says so. */
async function noticed(): Promise<number> {
  const clock = realClock();
  const board = await openPty();
  const host = await serialTransport(`serial:${board.path}`);
  const gone = new Promise<number>((resolve) => host.onClose(() => resolve(clock.now())));
  const echo = new Promise<void>((resolve) => board.transport.onData(() => resolve()));
  host.onData(() => {});
  await host.write(new Uint8Array(64));
  await echo;
  const start = clock.now();
  await board.transport.close();
  const took = 1000 * ((await gone) - start);
  await host.close();
  return took;
}

export const unplug: Bench = {
  name: "unplug",
  does: `how soon a serial port's hang-up is noticed, ${times} times`,
  run: async () => {
    const all: number[] = [];
    for (let time = 0; time < times; time++) all.push(await noticed());
    all.sort((a, b) => a - b);
    const at = (share: number): number => all[Math.floor(share * (times - 1))]!;
    return row({
      ...{ name: "unplug", unit: "ms", lessIsBetter: true },
      rate: { value: at(0.5), spread: (at(0.75) - at(0.25)) / at(0.5) },
      limit: ["50 ms, the most that is promised", 50],
      note: `worst of ${times}: ${at(1).toFixed(1)} ms`,
    });
  },
};
