import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svgOf } from "./ansi-svg.ts";

/**
 * Draws docs/img/demo.svg from what `mho demo` really prints: `npm run build && node dist/scripts/picture.js`. With `--check`
 * only says whether it is what the demo prints now.
 */
const cli = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const env = { ...process.env, FORCE_COLOR: "3", COLUMNS: "80", NO_COLOR: "" };
const printed = execFileSync(process.execPath, [cli, "demo"], {
  encoding: "utf8",
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
const path = "docs/img/demo.svg";
const drawn = svgOf(`$ mho demo\n${printed}`, 80);
if (!process.argv.includes("--check")) {
  writeFileSync(path, drawn);
  process.stderr.write(`wrote ${path}\n`);
} else if (readFileSync(path, "utf8") !== drawn) {
  process.stderr.write(`${path} is not what the demo prints: node dist/scripts/picture.js\n`);
  process.exitCode = 1;
}
