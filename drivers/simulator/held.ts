interface Streamed {
  readonly chunks: ArrayLike<number>;
}
interface Entry<Request, Ready> {
  readonly request: Request;
  readonly inputs: Int16Array;
  readonly ready: Ready;
}

/**
 * What was made ready for a stream, by its request; and the last one longer, for chunks of it that are asked for again: they
 * must be what they were before.
 */
export class Held<Request extends Streamed, Ready> {
  readonly #fields: readonly (keyof Request)[];
  readonly #known = new WeakMap<Request, Ready>();
  #last: Entry<Request, Ready> | undefined;

  /** `fields` are those by which two requests are for the same stream. */
  constructor(fields: readonly (keyof Request)[]) {
    this.#fields = fields;
  }

  of(request: Request, inputs: Int16Array, begin: () => Ready): Ready {
    const known = this.#known.get(request);
    if (known !== undefined) return known;
    const last = this.#asksAgain(request, inputs);
    const ready = last ? last.ready : begin();
    this.#last = last ?? { request, inputs, ready };
    this.#known.set(request, ready);
    return ready;
  }

  /** The state it was made for is gone. */
  forget(): void {
    this.#last = undefined;
  }

  #asksAgain(request: Request, inputs: Int16Array): Entry<Request, Ready> | undefined {
    const last = this.#last;
    return last !== undefined &&
      request.chunks.length > 0 &&
      this.#fields.every((field) => last.request[field] === request[field]) &&
      inputs.every((code, i) => code === last.inputs[i])
      ? last
      : undefined;
  }
}
