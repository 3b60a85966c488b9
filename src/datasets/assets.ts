import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The package's own folder: the same from sources, from dist/ and as an installed package (package self-reference). */
const root = dirname(createRequire(import.meta.url).resolve("mho/package.json"));

/** The path of a file that ships with mho, e.g. `assetPath("models/digits.mho")`. */
export const assetPath = (name: string): string => join(root, "assets", name);
