import {
  decodeMessage,
  encodeFrame,
  encodeMessage,
  type Frame,
  FrameDecoder,
  idOf,
  type MessageName,
  noRequest,
  protocolVersion,
  type Reply,
  type Request,
  refusals,
  tableHash,
} from "#protocol";
import { type RunningBoard, start } from "./host-board.ts";

/** The host's end of the wire, by hand: bytes out, lines or frames back. */
export interface Terminal {
  readonly board: Pick<RunningBoard, "transport" | "complaints">;
  /** Sends a line and gives all lines up to the one that answers it (it starts with `ok` or `error`, after its number). */
  type(line: string): Promise<string[]>;
  /** Goes over to binary mode and says hello. */
  binary(): Promise<void>;
  send(bytes: Uint8Array): Promise<void>;
  /** The next frame that `wanted` holds for; those before it are passed over. */
  next(wanted: (frame: Frame) => boolean): Promise<Frame>;
  close(): Promise<void>;
}

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

/** A request as a frame, with what the host still waits for. */
export function request<N extends MessageName>(
  name: N,
  values: Request<N>,
  { seq, oldest = seq }: { seq: number; oldest?: number },
): Uint8Array {
  const payload = encodeMessage(name, "request", values);
  return encodeFrame({ id: idOf(name, "request"), flags: 0, seq, re: oldest, credits: noRequest, payload });
}

export const replyOf = <N extends MessageName>(name: N, frame: Frame): Reply<N> =>
  decodeMessage(name, "reply", frame.payload);
/** The name of a refusal's code. */
export const refusalOf = (frame: Frame): string => refusals[replyOf("refused", frame).code]!;
export const closes = (re: number) => (frame: Frame) => frame.re === re && (frame.flags & 1) === 1;

/** A hello outside the numbers of a session. */
export const hello = (): Uint8Array =>
  request("hello", { ...protocolVersion, tableHash }, { seq: 0xfffe, oldest: noRequest });

/** Goes over to binary mode and begins a session. */
export async function openSession(host: Terminal): Promise<void> {
  await host.binary();
  await host.send(hello());
  await host.next(closes(0xfffe));
}

/** A terminal at a host board that is started for it. */
export const terminal = (program: string, ...options: string[]): Terminal =>
  terminalAt(start(program, ...options));

/** A terminal at any board. */
export function terminalAt(board: Pick<RunningBoard, "transport" | "complaints">): Terminal {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  let mode: "text" | "binary" = "text";
  let text = "";
  let wake = (): void => {};
  board.transport.onData((chunk) => {
    if (mode === "binary") frames.push(...decoder.push(chunk));
    else text += Buffer.from(chunk).toString("latin1");
    wake();
  });
  const more = (): Promise<void> =>
    new Promise((resolve, reject) => {
      wake = resolve;
      board.transport.onClose(() => reject(new Error(`the board is gone: ${board.complaints()}`)));
    });
  const send = (bytes: Uint8Array): Promise<void> => board.transport.write(bytes);
  const type = async (line: string): Promise<string[]> => {
    const lines: string[] = [];
    await send(bytesOf(`${line}\n`));
    for (;;) {
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        lines.push(text.slice(0, end));
        text = text.slice(end + 1);
        if (/^(#\d+ )?(ok|error)/.test(lines.at(-1)!)) return lines;
      }
      await more();
    }
  };
  return {
    board,
    type,
    send,
    async binary() {
      await type("binary");
      mode = "binary";
      await send(bytesOf("\0"));
    },
    async next(wanted) {
      for (;;) {
        const frame = frames.shift();
        if (!frame) await more();
        else if (wanted(frame)) return frame;
      }
    },
    close: () => board.transport.close(),
  };
}
