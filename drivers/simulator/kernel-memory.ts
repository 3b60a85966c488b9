import { type Kernels, newKernels, places, scratch } from "#calibration";

type Views = ReturnType<Kernels["reserve"]>;

/** Bytes of panels that stay in the memory before all are put there anew: some hundred areas of 128 × 128 cells. */
const mostHeld = 1 << 26;

/**
 * A kernel memory in two parts: below, the work of one owner at a time; above, numbers that stay from one read-out to the
 * next (the cells of areas), as long as there is room.
 */
export class KernelMemory {
  readonly kernels: Kernels = newKernels();
  readonly #held = new Map<Float32Array, number>();
  #owner: object | undefined;
  #above = scratch + (1 << 20);
  #end = this.#above;

  /** The memory as it is now: growing takes earlier views away. */
  get views(): Views {
    return this.kernels.reserve(this.#end);
  }

  /** Gives the places below address `end` to `owner`; says whether someone else had them, so that nothing of its own is left. */
  claim(owner: object, end: number): boolean {
    if (end > this.#above) {
      this.#above = end;
      this.#clear();
    }
    if (this.#owner === owner) return false;
    this.#owner = owner;
    return true;
  }

  /** Addresses of these numbers, which are put there unless they are there already; good until the next call. */
  hold(...all: readonly Float32Array[]): number[] {
    const missing = all.filter((numbers) => !this.#held.has(numbers));
    const bytes = missing.reduce((sum, numbers) => sum + ((numbers.byteLength + 15) & ~15), 0);
    if (this.#end + bytes > this.#above + mostHeld && this.#held.size > 0) {
      this.#clear();
      return this.hold(...all);
    }
    const { place } = places(this.#end);
    for (const numbers of missing) this.#put(numbers, place(numbers.byteLength));
    this.#end += bytes;
    return all.map((numbers) => this.#held.get(numbers)!);
  }

  #put(numbers: Float32Array, at: number): void {
    this.kernels.reserve(at + numbers.byteLength).f32.set(numbers, at / 4);
    this.#held.set(numbers, at);
  }

  #clear(): void {
    this.#held.clear();
    this.#end = this.#above;
  }
}

/** Where the read-outs of this thread's simulated boards are drawn, one after the other. */
export const kernelMemory = new KernelMemory();
