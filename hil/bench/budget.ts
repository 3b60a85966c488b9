import { type CrossbarBoard, MhoError } from "#protocol";
import type { BenchFile } from "./bench-file.ts";

/** A board that may be given only so many pulses, and none beyond the bench's own limits. */
export interface Budgeted {
  readonly board: CrossbarBoard;
  /** Pulses given so far, by the board's own count. */
  spent(): Promise<number>;
}

/**
 * Holds a board to a bench's budget: before anything that pulses, the most that it may take is set against what is left.
 * A program's `maxPulses` is lowered to what is left for each of its cells. Errors of the calls: WEAR_SPENT.
 */
export async function budgeted(board: CrossbarBoard, limits: BenchFile["limits"]): Promise<Budgeted> {
  const before = (await board.sense()).pulses;
  const spent = async (): Promise<number> => (await board.sense()).pulses - before;
  const left = async (doing: string): Promise<number> => {
    const most = limits.pulses - (await spent());
    if (most <= 0) throw new MhoError("WEAR_SPENT", { doing, budget: limits.pulses });
    return most;
  };
  const kept: Pick<CrossbarBoard, "program" | "pulse"> = {
    async program(request) {
      const cells = request.area.rows * request.area.cols;
      const each = Math.floor((await left("programming cells")) / cells);
      if (each === 0) throw new MhoError("WEAR_SPENT", { doing: "programming cells", budget: limits.pulses });
      return board.program({ ...request, maxPulses: Math.min(request.maxPulses, each) });
    },
    async pulse(cell, polarity, amplitude, width) {
      await left("a pulse");
      const { pulseVoltage = amplitude, pulseWidth = width } = limits;
      if (amplitude > pulseVoltage || width > pulseWidth)
        throw new MhoError("BOARD_REFUSED", {
          request: "pulse",
          why: "it is beyond the limits of the bench",
        });
      return board.pulse(cell, polarity, amplitude, width);
    },
  };
  const guarded = new Proxy(board, {
    get(target, name) {
      const value = Reflect.get(name in kept ? kept : target, name);
      return typeof value === "function" ? value.bind(name in kept ? kept : target) : value;
    },
  });
  return { board: guarded, spent };
}
