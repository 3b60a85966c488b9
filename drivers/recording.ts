import type { Clock } from "#calibration";
import { type MhoError, protocolVersion, tableHash } from "#protocol";
import { ear } from "./recording-ear.ts";
import { RecordingFile, type RecordKind } from "./recording-file.ts";
import type { Transport } from "./transport.ts";

/** What a recording says of itself before anything happens. */
export interface RecordingHead {
  /** Version of mho. */
  readonly mho: string;
  /** The command line that is recorded, without `mho`; empty for a program's own sessions. */
  readonly command: readonly string[];
  /** Date and time of the wall, ISO 8601. */
  readonly started: string;
}
/** How a recorded command ended. */
export interface Outcome {
  readonly exitCode: number;
  /** What `--json` prints, whether it was asked for or not; null where there is none. */
  readonly document: unknown;
}

export interface RecorderOptions {
  readonly clock: Clock;
  /** Told once when the disk takes no more; the sessions go on. */
  readonly onFailure?: (failure: MhoError) => void;
}

/** Keeps what goes over links: every chunk with its time and direction, and the messages in them. */
export interface Recorder {
  readonly path: string;
  readonly failure: MhoError | undefined;
  /** Links, messages and bytes noted so far. */
  readonly counts: { readonly links: number; readonly messages: number; readonly bytes: number };
  /** The same transport, listened to from now on. */
  tap(transport: Transport): Transport;
  /** Notes how it ended, and closes the file. */
  close(outcome?: Outcome): void;
}

const utf8 = new TextEncoder();

/** Makes the recording at `path`. Errors: FILE_UNWRITABLE, also where something is there already. */
export function recorder(path: string, about: RecordingHead, options: RecorderOptions): Recorder {
  const { clock, onFailure } = options;
  const file = new RecordingFile(path, onFailure);
  const began = clock.now();
  const counts = { links: 0, messages: 0, bytes: 0 };
  const note = (kind: RecordKind, link: number, what: Uint8Array | object): void => {
    const bytes = what instanceof Uint8Array ? what : utf8.encode(JSON.stringify(what));
    file.append({ kind, link, at: clock.now() - began, bytes });
  };
  note("head", 0, { ...about, protocol: protocolVersion, tableHash });

  const tap = (inner: Transport): Transport => {
    const link = counts.links++;
    note("link", link, { url: inner.url });
    const hear = (side: "request" | "reply") =>
      ear(side, ({ line, mode }) => {
        counts.messages++;
        note(side, link, { mode, line });
      });
    const [toBoard, toHost] = [hear("request"), hear("reply")];
    const passed = (kind: "toBoard" | "toHost", bytes: Uint8Array): void => {
      counts.bytes += bytes.length;
      note(kind, link, bytes);
      if (kind === "toBoard") toBoard(bytes);
      else toHost(bytes);
    };
    return {
      url: inner.url,
      onData: (listener) =>
        inner.onData((chunk) => {
          passed("toHost", chunk);
          listener(chunk);
        }),
      onClose: (listener) =>
        inner.onClose((reason) => {
          if (reason) note("lost", link, { why: reason.message });
          listener(reason);
        }),
      write: (bytes) => {
        passed("toBoard", bytes);
        return inner.write(bytes);
      },
      close: () => inner.close(),
      [Symbol.asyncDispose]: () => inner.close(),
    };
  };

  return {
    path,
    counts,
    get failure() {
      return file.failure;
    },
    tap,
    close: (outcome) => {
      if (outcome) note("outcome", 0, outcome);
      file.close();
    },
  };
}
