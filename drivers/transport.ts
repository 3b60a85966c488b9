/**
 * The byte seam. Everything above it is the same for a serial port, a socket, an in-process simulated board and a
 * recorded session.
 *
 * Obligations:
 * - `onData` gets every received byte once, in order, cut anywhere; the chunk is the listener's to keep. There is one
 *   listener: a later one takes over from the one before. Bytes that come before the first one wait for it.
 * - `write` takes its bytes for good: the caller does not change them afterwards. It resolves when they are handed on
 *   (it is the back-pressure), rejects with LINK_LOST once the peer is gone, and never calls a listener itself.
 * - `onClose` is called exactly once, with the reason where the other side or the system closed it, without on
 *   `close()`. A listener that comes after the loss is told as well.
 * - after `close` nothing is written later and no listener is called again.
 */
export interface Transport extends AsyncDisposable {
  readonly url: string;
  onData(listener: (chunk: Uint8Array) => void): void;
  onClose(listener: (reason?: Error) => void): void;
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
