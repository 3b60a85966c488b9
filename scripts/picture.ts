import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svgOf } from "./ansi-svg.ts";

/** Draws docs/img/demo.svg from what `mho demo` really prints: `npm run build && node dist/scripts/picture.js`. */
const cli = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const env = { ...process.env, FORCE_COLOR: "3", COLUMNS: "80", NO_COLOR: "" };
const printed = execFileSync(process.execPath, [cli, "demo"], {
  encoding: "utf8",
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
const path = "docs/img/demo.svg";
writeFileSync(path, svgOf(`$ mho demo\n${printed}`, 80));
process.stderr.write(`wrote ${path}\n`);
