/**
 * The byte seam. Everything above it is the same for a serial port, a socket, an in-process simulated board and a
 * recorded session.
 *
 * Obligations:
 * - `onData` gets every received byte once, in order, cut anywhere; the chunk is the listener's to keep.
 * - `write` resolves when the bytes are handed on (it is the back-pressure), and rejects with LINK_LOST once the peer is gone.
 * - `onClose` is called exactly once, with the reason where the other side or the system closed it, without on `close()`.
 * - after `close` nothing is written later and no listener is called again.
 */
export interface Transport extends AsyncDisposable {
  readonly url: string;
  onData(listener: (chunk: Uint8Array) => void): void;
  onClose(listener: (reason?: Error) => void): void;
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
