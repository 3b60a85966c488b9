import { defineConfig } from "vitest/config";

export default defineConfig({
  // "#protocol" and its siblings lead to TypeScript here, to dist/ under plain Node.
  ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  resolve: { conditions: ["source"] },
  test: {
    include: ["test/**/*.test.ts", "hil/**/*.test.ts"],
    pool: "forks", // serialport aborts the process in a worker thread (serialport/node-serialport#2748)
    testTimeout: 60_000,
  },
});
