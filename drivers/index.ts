export { pipe } from "./pipe.ts";
export type { Transport } from "./transport.ts";
