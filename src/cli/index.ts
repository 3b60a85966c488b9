export { open } from "./open.ts";
export { type Rerun, rerun } from "./recorded.ts";
