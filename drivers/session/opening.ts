import type { Clock } from "#calibration";
import {
  decodeMessage,
  encodeMessage,
  type Frame,
  flagLast,
  idOf,
  MhoError,
  noRequest,
  protocolVersion,
  type Reply,
  seconds,
  tableHash,
} from "#protocol";
import { linkLost } from "../closing.ts";
import type { Transport } from "../transport.ts";
import { helloNumber, type Limits } from "./state.ts";
import { joined, toBinary, toText, type Wire } from "./wires.ts";

export type Mode = "binary" | "text";

/** What a server says to a second host before it hangs up. */
export const busyLine = "busy: another host uses this board\n";

/** An Arduino sits in its boot loader for up to two seconds after the port was opened. */
const waits = [0.5, 1, 1, 2, 2].map(seconds);

/** A hello outside the numbering of a session: it opens one, and it probes one. */
export function helloFrame(): Frame {
  const payload = encodeMessage("hello", "request", { ...protocolVersion, tableHash });
  return {
    id: idOf("hello", "request"),
    flags: 0,
    seq: helloNumber,
    re: noRequest,
    credits: noRequest,
    payload,
  };
}

export const isHello = (frame: Frame): boolean =>
  frame.id === idOf("hello", "reply") && (frame.flags & flagLast) !== 0;

const noBytes = new Uint8Array(0);

/** Bytes that make a board of unknown state show its boot id in this mode, without ending a session that it may have. */
export const probing = (wire: Wire, mode: Mode): Uint8Array =>
  joined(mode === "binary" ? toBinary : noBytes, wire.afresh, wire.encode(helloFrame()));

/** What a greeting cost on the line, before there was a session to count it. */
export interface Greeting {
  readonly hello: Reply<"hello">;
  readonly framesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

interface Link {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly mode: Mode;
}

/**
 * From whatever state the board is in (text mode, binary mode of a host that is gone, half a frame received) to a
 * fresh session in `mode`: one write, one round trip. Rejects with PROTOCOL_MISMATCH, BOARD_SILENT, BOARD_BUSY or
 * LINK_LOST.
 */
export async function greet(transport: Transport, { wire, clock, mode }: Link): Promise<Greeting> {
  const counts = { framesOut: 0, bytesIn: 0, bytesOut: 0 };
  const hello = firstHello(transport, wire, counts);
  hello.catch(() => {}); // awaited below, unless a write fails first
  for (const wait of waits) {
    const bytes = joined(toText, probing(wire, mode));
    counts.framesOut++;
    counts.bytesOut += bytes.length;
    await transport.write(bytes).catch(() => hello);
    const answered = await within(hello, wait, clock);
    if (answered) return { hello: answered, ...counts };
  }
  transport.onData(() => {});
  const waited = waits.reduce((sum, wait) => sum + wait, 0);
  throw new MhoError("BOARD_SILENT", { url: transport.url, what: "hello", seconds: waited });
}

function firstHello(transport: Transport, wire: Wire, counts: { bytesIn: number }): Promise<Reply<"hello">> {
  return new Promise((resolve, reject) => {
    let said = "";
    transport.onClose((reason) => {
      const busy = said.includes(busyLine.trimEnd());
      reject(
        busy
          ? new MhoError("BOARD_BUSY", { url: transport.url })
          : (reason ?? linkLost(transport.url, "opening")),
      );
    });
    transport.onData((chunk) => {
      said = (said + Buffer.from(chunk).toString("latin1")).slice(-1024);
      counts.bytesIn += chunk.length;
      wire.push(chunk);
    });
    wire.listen((frame) => {
      if (isHello(frame))
        resolve(new Promise((read) => read(decodeMessage("hello", "reply", frame.payload))));
    });
  });
}

/** The answer, or nothing if it does not come within `span`. */
async function within<T>(
  answer: Promise<T>,
  span: (typeof waits)[number],
  clock: Clock,
): Promise<T | undefined> {
  const stop = new AbortController();
  const late = clock.sleep(span, stop.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    stop.abort();
  }
}

/** PROTOCOL.md §6. Text mode has no credits, so it has one request of each kind on the line. */
export function limitsOf({ window, maxFrame, watchdogMs }: Reply<"hello">, mode: Mode): Limits {
  const atOnce = mode === "text" ? { window: 1, urgent: 1 } : { window, urgent: Number.POSITIVE_INFINITY };
  const keepAlive = watchdogMs > 0 ? watchdogMs / 3000 : Number.POSITIVE_INFINITY;
  return { ...atOnce, frame: maxFrame, keepAlive, tries: 6 };
}
