import { encodeFrame, type Frame, FrameDecoder } from "#protocol";

/** Frames to bytes and back in one of the two modes. */
export interface Wire {
  encode(frame: Frame): Uint8Array;
  /** Ends whatever was left unfinished on the line, so that what follows is not taken for its end. */
  readonly afresh: Uint8Array;
  push(chunk: Uint8Array): void;
  /** Who gets the frames, whose payloads hold until it returns; a later listener takes over from the one before. */
  listen(onFrame: (frame: Frame) => void): void;
  readonly figures: { readonly framesIn: number; readonly crcErrors: number; readonly discarded: number };
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Brings a board from any state to text mode and ends the session before; no frame and no line of anyone's looks so. */
export const toText = ascii("\0\ntext\n\0");
/** Brings a board from text mode to binary mode; in binary mode it is a damaged frame. */
export const toBinary = ascii("\0\nbinary\n\0");

/** Ends a frame of binary mode. */
export const delimiter = Uint8Array.of(0);

export function binaryWire(): Wire {
  const decoder = new FrameDecoder();
  let hear = (_frame: Frame): void => {};
  return {
    encode: encodeFrame,
    afresh: delimiter,
    push: (chunk) => decoder.each(chunk, (frame) => hear(frame)),
    listen: (onFrame) => {
      hear = onFrame;
    },
    get figures() {
      return decoder.figures;
    },
  };
}

/** Header, CRC, stuffing and delimiters of a frame, at most. */
export const wireSize = (payload: number): number => payload + 16 + Math.ceil(payload / 254);

/** Several pieces as one chunk of bytes. */
export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
