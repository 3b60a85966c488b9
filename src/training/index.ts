export type { HeldOutScore } from "./held-out.ts";
export type { Examples, TrainingOptions, TrainingProgress } from "./options.ts";
export { train } from "./train.ts";
