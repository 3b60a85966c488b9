import type { Tensor } from "../../datasets/index.ts";

/** How Pyro constrains a parameter whose stored value is unconstrained: the class's name and its numbers. */
export interface Constraint {
  readonly name: string;
  readonly bounds: Readonly<Record<string, number>>;
}

/** The named tensors of a weights file, in the file's order. */
export interface WeightsFile {
  readonly format: "torch" | "safetensors" | "npz";
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Of a Pyro parameter store, by parameter. */
  readonly constraints: ReadonlyMap<string, Constraint>;
  /** Choices made in reading that a user should know. */
  readonly notes: readonly string[];
}
