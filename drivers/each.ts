/** Waits for all, so that nothing of a failed call goes on behind the caller's back; then throws the first failure. */
export async function allOrNone(calls: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(calls)).find((call) => call.status === "rejected");
  if (failed) throw failed.reason;
}

/**
 * Calls for each piece, `atOnce` at a time: the board's window stays full, and no long queue stands behind it. Waits for
 * all that have begun, begins none after a failure, then throws the first.
 */
export async function each<T>(
  pieces: Iterable<T>,
  atOnce: number,
  call: (piece: T) => Promise<void>,
): Promise<void> {
  const left = pieces[Symbol.iterator]();
  let failed = false;
  const line = async (): Promise<void> => {
    for (let piece = left.next(); !failed && !piece.done; piece = left.next())
      await call(piece.value).catch((error: unknown) => {
        failed = true;
        throw error;
      });
  };
  await allOrNone(Array.from({ length: atOnce }, line));
}
