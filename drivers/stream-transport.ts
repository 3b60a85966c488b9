import type { Duplex } from "node:stream";
import { Closing, linkLost } from "./closing.ts";
import type { Transport } from "./transport.ts";

/** A transport over an open Node stream. `release` frees what is under the stream; it is called once and never rejects. */
export function streamTransport(url: string, stream: Duplex, release: () => Promise<void>): Transport {
  return new StreamTransport(url, stream, release);
}

class StreamTransport implements Transport {
  readonly url: string;
  readonly #stream: Duplex;
  readonly #release: () => Promise<void>;
  readonly #closing = new Closing();
  /** How to reject the writes that are still under way: a stream that breaks does not always call them back. */
  readonly #pending = new Set<(reason: Error) => void>();
  #listener: ((chunk: Uint8Array) => void) | undefined;
  #released: Promise<void> | undefined;

  constructor(url: string, stream: Duplex, release: () => Promise<void>) {
    this.url = url;
    this.#stream = stream;
    this.#release = release;
    stream.on("error", (cause: Error) => this.#lose(cause));
    stream.on("end", () => this.#lose(new Error("the other side closed the connection")));
    stream.on("close", (cause: unknown) => this.#lose(cause));
  }

  onData(listener: (chunk: Uint8Array) => void): void {
    const first = !this.#listener;
    this.#listener = listener;
    if (!first) return;
    this.#stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#stream.resume();
  }

  onClose(listener: (reason?: Error) => void): void {
    this.#closing.listen(listener);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#closing.open) return reject(linkLost(this.url, "sending"));
      if (bytes.length === 0) return resolve();
      this.#pending.add(reject);
      this.#stream.write(bytes, (cause) => {
        this.#pending.delete(reject);
        if (cause) reject(linkLost(this.url, "sending", cause));
        else resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#closing.close();
    return this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #receive(chunk: Buffer): void {
    // A plain view: Buffer's `slice` shares memory where Uint8Array's copies.
    if (this.#closing.open) this.#listener?.(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
  }

  #lose(cause: unknown): void {
    if (!this.#closing.open) return;
    this.#closing.lose(linkLost(this.url, "waiting for bytes", cause));
    void this.#end();
  }

  #end(): Promise<void> {
    for (const reject of this.#pending) reject(linkLost(this.url, "sending"));
    this.#pending.clear();
    this.#released ??= this.#release();
    return this.#released;
  }
}
