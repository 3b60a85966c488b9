/** `npm run gen` writes the generated parts of the documents; with `--check` it only says which are stale. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Blocks, filled } from "./gen/blocks.ts";
import { errorBlocks } from "./gen/errors.ts";
import { protocolBlocks } from "./gen/protocol.ts";

const documents: Readonly<Record<string, Blocks>> = {
  "firmware-protocol/PROTOCOL.md": protocolBlocks,
  "docs/errors.md": errorBlocks,
};

const check = process.argv.includes("--check");
for (const [path, blocks] of Object.entries(documents)) {
  const now = readFileSync(path, "utf8");
  const fresh = filled(now, blocks);
  if (fresh === now) continue;
  if (check) {
    process.stderr.write(`${path} is stale: run \`npm run gen\`\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, fresh);
    process.stdout.write(`wrote ${path}\n`);
  }
}
