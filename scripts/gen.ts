/** `npm run gen` writes the generated parts of the documents; with `--check` it only says which are stale. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type Blocks, filled } from "./gen/blocks.ts";
import { errorBlocks } from "./gen/errors.ts";
import { firmwareHeader, firmwareTable } from "./gen/firmware.ts";
import { protocolBlocks } from "./gen/protocol.ts";

const documents: Readonly<Record<string, Blocks>> = {
  "firmware-protocol/PROTOCOL.md": protocolBlocks,
  "docs/errors.md": errorBlocks,
};

/** Files that are generated from beginning to end. */
const files: Readonly<Record<string, () => string>> = {
  "firmware-protocol/firmware/core/messages.h": firmwareHeader,
  "firmware-protocol/firmware/core/messages.c": firmwareTable,
};

const check = process.argv.includes("--check");
for (const [path, blocks] of Object.entries(documents)) {
  const now = readFileSync(path, "utf8");
  renew(path, now, filled(now, blocks));
}
for (const [path, made] of Object.entries(files))
  renew(path, existsSync(path) ? readFileSync(path, "utf8") : "", made());

function renew(path: string, now: string, fresh: string): void {
  if (fresh === now) return;
  if (check) {
    process.stderr.write(`${path} is stale: run \`npm run gen\`\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, fresh);
    process.stdout.write(`wrote ${path}\n`);
  }
}
