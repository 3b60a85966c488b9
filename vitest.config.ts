import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // "#protocol" and its siblings lead to TypeScript here, to dist/ under plain Node.
  ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  resolve: {
    conditions: ["source"],
    // Examples in the documentation import the package by its name; in tests that is the sources.
    alias: [
      { find: /^mho$/, replacement: source("src/index.ts") },
      { find: /^mho\/protocol$/, replacement: source("firmware-protocol/index.ts") },
      { find: /^mho\/calibration$/, replacement: source("calibration/index.ts") },
      { find: /^mho\/drivers$/, replacement: source("drivers/index.ts") },
      { find: /^mho\/testing$/, replacement: source("src/testing/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts", "hil/**/*.test.ts"],
    pool: "forks", // serialport aborts the process in a worker thread (serialport/node-serialport#2748)
    testTimeout: 60_000,
  },
});
