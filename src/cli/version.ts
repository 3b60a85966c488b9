import { createRequire } from "node:module";

/** Of the installed package, by its own name: the same from sources and from dist/. */
export const { version } = createRequire(import.meta.url)("mho/package.json") as { version: string };
