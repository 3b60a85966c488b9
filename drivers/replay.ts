import { decodeMessage, type Frame, flagLast, frameLimit, type MhoError, messageOf } from "#protocol";
import { pipe } from "./pipe.ts";
import { type Recording, readRecording } from "./recording-read.ts";
import { RecordedAnswers } from "./replay-answers.ts";
import { delimiter, joined } from "./session/index.ts";
import { EndpointLink } from "./simulator/endpoint-link.ts";
import type { Transport } from "./transport.ts";

/** A recording that stands in for the board that it was made on. */
export interface Playback {
  readonly recording: Recording;
  /** A link whose other end answers as the board did; what was never asked then ends it with NOT_RECORDED. */
  connect(): Transport;
  /** Recorded requests that nobody made again so far. */
  readonly unasked: readonly string[];
}

/** The URL of a replay names the recording, and behind a # the board that it was made on. */
const urlOf = (path: string, recorded: string): string => `replay:${path}#${recorded}`;
/** The URL of the board behind a URL: the recorded one of a replay, any other as it is. */
export const recordedUrl = (url: string): string =>
  url.startsWith("replay:") && url.includes("#") ? url.slice(url.indexOf("#") + 1) : url;

/**
 * Plays a recording back by meaning: a request is answered by what answered the same name and values then, whatever its
 * number, mode and chunks; a request that was made repeatedly gets its answers in their order. The n-th link of the
 * recording answers the n-th connection; where there are more connections, the last. Errors: FILE_UNREADABLE, FILE_BROKEN.
 */
export async function playback(path: string): Promise<Playback> {
  const recording = await readRecording(path);
  const { links } = recording;
  const answers = links.map((link) => new RecordedAnswers(path, [link]));
  let next = 0;
  return {
    recording,
    connect: () => {
      const link = Math.min(next++, links.length - 1);
      return played(urlOf(path, links[link]?.url ?? ""), answers[link] ?? new RecordedAnswers(path, []));
    },
    get unasked() {
      return answers.flatMap(({ unasked }) => unasked);
    },
  };
}

/** A pipe with the recorded board at its far end. */
function played(url: string, answers: RecordedAnswers): Transport {
  const [near, far] = pipe(url);
  let missing: MhoError | undefined;
  new RecordedBoardEnd(far, answers, (error) => {
    missing = error;
    void far.close();
  });
  return {
    url,
    onData: (listener) => near.onData(listener),
    onClose: (listener) => near.onClose((reason) => listener(reason && (missing ?? reason))),
    write: (bytes) =>
      near.write(bytes).catch((error: unknown) => {
        throw missing ?? error;
      }),
    close: () => near.close(),
    [Symbol.asyncDispose]: () => near.close(),
  };
}

/** The board's side of the wire in both modes, with nothing behind it but recorded answers. */
class RecordedBoardEnd {
  readonly #far: Transport;
  readonly #link: EndpointLink;
  readonly #answers: RecordedAnswers;
  readonly #missing: (error: MhoError) => void;
  #sent = 0;

  constructor(far: Transport, answers: RecordedAnswers, missing: (error: MhoError) => void) {
    this.#far = far;
    this.#answers = answers;
    this.#missing = missing;
    this.#link = new EndpointLink(frameLimit, {
      frame: (frame) => this.#hear(frame),
      word: (word) => this.#obey(word),
      refused: ({ values }) => this.#say(`error ${values.code} ${values.facts}`),
    });
    far.onData((chunk) => this.#link.receive(chunk));
  }

  #obey(word: "help" | "text" | "binary"): void {
    if (word === "help") this.#say("this board is a recording: it answers what was asked when it was made");
    if (word === "text") this.#link.mode = "text";
    this.#say(`ok ${word}`);
    if (word === "binary") this.#link.mode = "binary";
  }

  #hear(frame: Frame): void {
    const message = messageOf(frame.id);
    if (message?.side !== "request") return;
    const { name } = message;
    try {
      const values = decodeMessage(name, "request", frame.payload);
      for (const answer of this.#answers.answer({ name, values }, frame.seq)) this.#send(answer);
    } catch (error) {
      this.#missing(error as MhoError);
    }
    if (name === "textMode") this.#link.mode = "text";
  }

  #send(frame: Frame): void {
    this.#sent = (this.#sent + 1) & 0xffff;
    const bytes = this.#link.encode({ ...frame, seq: this.#sent, credits: frameLimit - 1 });
    const last = this.#link.mode === "binary" && frame.flags & flagLast;
    this.#write(last ? joined(delimiter, bytes) : bytes);
  }

  #say(text: string): void {
    this.#write(Uint8Array.from(`${text}\n`, (letter) => letter.charCodeAt(0)));
  }

  /** A host that is gone needs no answer; its transport has told it so. */
  #write(bytes: Uint8Array): void {
    this.#far.write(bytes).catch(() => {});
  }
}
