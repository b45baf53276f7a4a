import { defineConfig } from "vitest/config";

// CI counts what passed from the JSON report, not from the screen.
const reporters = process.env["CI"] ? ["default", "json"] : ["default"];

export default defineConfig({
  test: {
    // These start real processes the POSIX way: shells, signals, /proc.
    exclude: ["**/node_modules/**", ...(process.platform === "win32" ? ["test/e2e/**"] : [])],
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    reporters,
    outputFile: { json: ".vitest/results.json" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
