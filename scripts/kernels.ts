/** `npm run kernels` compiles the kernels' assembly to the WASM that is kept in the repository; `--check` compares. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import asc from "assemblyscript/asc";

/** Modules: where they stand, the name of their bytes, and their memory in pages. */
const modules = [
  {
    folder: "calibration/kernels",
    file: "kernels",
    name: "kernelsWasm",
    memory: "--initialMemory 2 --maximumMemory 65536",
  },
  {
    folder: "firmware-protocol/kernels",
    file: "wire",
    name: "wireWasm",
    memory: "--initialMemory 3 --maximumMemory 3",
  },
] as const;

async function compiled({ folder, name, memory }: (typeof modules)[number]): Promise<string> {
  const source = `${folder}/assembly/index.ts`;
  const scratch = mkdtempSync(join(tmpdir(), "mho-kernels-"));
  const wasm = join(scratch, "kernels.wasm");
  const flags = `-O3 --noAssert --runtime stub --enable simd ${memory} --memoryBase 1024`;
  const { error, stderr } = await asc.main([source, ...flags.split(" "), "-o", wasm]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const bytes = readFileSync(wasm).toString("base64");
  rmSync(scratch, { recursive: true });
  return `// Compiled from ${source} by \`npm run kernels\`.\nexport const ${name} =\n  "${bytes}";\n`;
}

for (const module of modules) {
  const target = `${module.folder}/${module.file}.wasm.ts`;
  const text = await compiled(module);
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (readFileSync(target, "utf8") !== text) {
    process.stderr.write(`${target} is stale: run \`npm run kernels\`\n`);
    process.exitCode = 1;
  }
}
