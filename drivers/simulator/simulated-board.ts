import { realClock } from "#calibration";
import type { CrossbarBoard } from "#protocol";
import { pipe } from "../pipe.ts";
import { type WireBoardOptions, wireBoard } from "../wire-board.ts";
import { simulatedCore } from "./array.ts";
import type { BoardCore } from "./core.ts";
import { Endpoint, type EndpointOptions } from "./endpoint.ts";
import { faulty, type LinkFaults } from "./faults.ts";
import type { SimulatorSettings } from "./options.ts";

/** The simulated board's end of the wire; its array is made once and outlives every host that `attach` lets in. */
export async function simulatorEndpoint(
  settings: SimulatorSettings,
  options: EndpointOptions = {},
): Promise<Endpoint> {
  return new Endpoint(await simulatedCore(settings), options);
}

export interface SimulatedBoardOptions extends WireBoardOptions {
  /** What goes wrong on the way between host and board. */
  readonly linkFaults?: LinkFaults;
}

/**
 * A simulated board in this program, through the same frames and session as a real one. `options.clock` is the time of
 * the link; the array's own is `settings.clock`.
 */
export async function simulatedBoard(
  settings: SimulatorSettings = {},
  options: SimulatedBoardOptions = {},
): Promise<CrossbarBoard> {
  return pipedBoard(await simulatedCore(settings), options);
}

/** As `simulatedBoard`, over any core. */
export function pipedBoard(core: BoardCore, options: SimulatedBoardOptions = {}): Promise<CrossbarBoard> {
  const { clock = realClock(), linkFaults } = options;
  const endpoint = new Endpoint(core, { clock });
  const [host, far] = pipe("sim:");
  const board = linkFaults ? faulty(far, linkFaults, { clock, restart: () => endpoint.restart() }) : far;
  void endpoint.attach(board);
  return wireBoard(host, { ...options, clock });
}
