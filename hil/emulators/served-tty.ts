import type { Clock } from "#calibration";
import { openPty, type Transport } from "#drivers";
import { seconds } from "#protocol";
import type { TimedLine } from "./machine.ts";

/** How often the machine is run, and the most it runs at once: what a busy program fell behind by is not made up for. */
const beat = seconds(1e-3);
const longestRun = 0.02;
/** A UART does not wait for its host: what nobody takes is lost. */
const unsentMost = 65_536;

/** A machine at a tty, in real time. */
export interface ServedMachine {
  /** What a host opens: `serial:` and this path. */
  readonly path: string;
  close(): Promise<void>;
}

/** Runs a machine at the pace of `clock`, its link at a tty that it owns. Rejects with PTY_UNAVAILABLE. */
export async function servedTty(machine: TimedLine, clock: Clock): Promise<ServedMachine> {
  const { path, transport } = await openPty();
  const stop = new AbortController();
  transport.onData((bytes) => machine.receive(bytes));
  const ran = keepRunning(machine, clock, transport, stop.signal);
  const close = async (): Promise<void> => {
    stop.abort();
    await ran;
    await transport.close();
  };
  return { path, close };
}

/** Joins the link of a board that runs by itself to a tty. Rejects with PTY_UNAVAILABLE. */
export async function joinedTty(board: Transport): Promise<ServedMachine> {
  const { path, transport } = await openPty();
  const lost = (): void => void transport.close();
  transport.onData((bytes) => void board.write(bytes).catch(lost));
  board.onData((bytes) => void transport.write(bytes).catch(() => "nobody takes them"));
  board.onClose(lost);
  const close = async (): Promise<void> => {
    await transport.close();
    await board.close();
  };
  return { path, close };
}

async function keepRunning(
  machine: TimedLine,
  clock: Clock,
  line: Transport,
  signal: AbortSignal,
): Promise<void> {
  let [seen, unsent] = [clock.now(), 0];
  while (!signal.aborted) {
    const now = clock.now();
    machine.run(seconds(machine.now() + Math.min(now - seen, longestRun)));
    seen = now;
    const bytes = machine.sent();
    if (bytes.length > 0 && unsent < unsentMost) {
      unsent += bytes.length;
      const taken = (): void => {
        unsent -= bytes.length;
      };
      line.write(bytes).then(taken, taken);
    }
    await clock.sleep(beat, signal).catch(() => {});
  }
}
