/** `npm run kernels` compiles calibration/kernels/assembly to the WASM that is kept in the repository; `--check` compares. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const source = "calibration/kernels/assembly/index.ts";
const target = "calibration/kernels/kernels.wasm.ts";

const scratch = mkdtempSync(join(tmpdir(), "mho-kernels-"));
const wasm = join(scratch, "kernels.wasm");
const flags =
  "-O3 --noAssert --runtime stub --enable simd --initialMemory 2 --maximumMemory 65536 --memoryBase 1024";
const { error, stderr } = await asc.main([source, ...flags.split(" "), "-o", wasm]);
if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
const text = `// Compiled from ${source} by \`npm run kernels\`.\nexport const kernelsWasm =\n  "${readFileSync(wasm).toString("base64")}";\n`;
rmSync(scratch, { recursive: true });

if (!process.argv.includes("--check")) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  process.stderr.write(`${target} is stale: run \`npm run kernels\`\n`);
  process.exitCode = 1;
}
