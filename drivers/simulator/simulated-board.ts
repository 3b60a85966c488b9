import type { CrossbarBoard } from "#protocol";
import { pipe } from "../pipe.ts";
import type { Transport } from "../transport.ts";
import { type WireBoardOptions, wireBoard } from "../wire-board.ts";
import { simulatedCore } from "./array.ts";
import { Endpoint, type EndpointOptions } from "./endpoint.ts";
import type { SimulatorSettings } from "./options.ts";

/** The simulated board's end of the wire; its array is made once and outlives every host that `attach` lets in. */
export async function simulatorEndpoint(
  settings: SimulatorSettings,
  options: EndpointOptions = {},
): Promise<Endpoint> {
  return new Endpoint(await simulatedCore(settings), options);
}

/** A simulated board in this program, through the same frames and session as a real one. */
export async function simulatedBoard(
  settings: SimulatorSettings = {},
  options: WireBoardOptions = {},
): Promise<CrossbarBoard> {
  const endpoint = await simulatorEndpoint(settings, options.clock ? { clock: options.clock } : {});
  const [host, board] = pipe("sim:") as readonly [Transport, Transport];
  void endpoint.attach(board);
  return wireBoard(host, options);
}
