import { expect } from "vitest";
import { pipe, type Transport } from "#drivers";
import {
  decodeMessage,
  encodeFrame,
  encodeMessage,
  type Frame,
  FrameDecoder,
  idOf,
  type MessageName,
  messageOf,
  noRequest,
  protocolVersion,
  type Request,
  refusals,
  tableHash,
} from "#protocol";
import { Endpoint } from "../../drivers/simulator/endpoint.ts";
import { type LedgerCore, ledgerCore } from "./ledger-core.ts";
import { type SteppedClock, steppedClock } from "./stepped-clock.ts";

export const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
export const settled = async (): Promise<void> => {
  for (let i = 0; i < 300; i++) await new Promise((done) => setImmediate(done));
};

export interface Terminal {
  readonly core: LedgerCore;
  readonly clock: SteppedClock;
  readonly endpoint: Endpoint;
  readonly far: Transport;
  /** What the board says to these bytes. */
  say(bytes: Uint8Array): Promise<Uint8Array>;
  type(line: string): Promise<string[]>;
}

export async function terminal(core = ledgerCore()): Promise<Terminal> {
  const clock = steppedClock();
  const endpoint = new Endpoint(core, { clock });
  const [host, far] = pipe();
  void endpoint.attach(far);
  let said: Uint8Array[] = [];
  host.onData((chunk) => said.push(chunk));
  const say = async (request: Uint8Array): Promise<Uint8Array> => {
    said = [];
    await host.write(request);
    await settled();
    return Buffer.concat(said);
  };
  const type = async (line: string): Promise<string[]> =>
    Buffer.from(await say(bytes(line)))
      .toString("latin1")
      .split("\n")
      .slice(0, -1);
  await settled();
  return { core, clock, endpoint, far, say, type };
}

export const pulse: Request<"pulse"> = { tile: 0, row: 0, col: 1, polarity: 0, amplitude: 1, width: 1e-7 };

export function request<N extends MessageName>(
  name: N,
  values: Request<N>,
  seq: number,
  re = seq,
): Uint8Array {
  const payload = encodeMessage(name, "request", values);
  return encodeFrame({ id: idOf(name, "request"), flags: 0, seq, re, credits: noRequest, payload });
}
export const frames = (said: Uint8Array): Frame[] => new FrameDecoder().push(said);
export const names = (said: Uint8Array): string[] => frames(said).map(({ id }) => messageOf(id)!.name);
export const refusal = (frame: Frame | undefined): string =>
  refusals[decodeMessage("refused", "reply", frame!.payload).code]!;

export async function binary(core?: LedgerCore): Promise<Terminal> {
  const board = await terminal(core);
  const hello = request("hello", { ...protocolVersion, tableHash }, 0xfffe, noRequest);
  expect(names(await board.say(Buffer.concat([bytes("\0\nbinary\n\0"), hello])))).toEqual(["hello"]);
  return board;
}
