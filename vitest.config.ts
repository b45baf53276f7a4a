import { defineConfig } from "vitest/config";

// CI counts what passed from the JSON report, not from the screen.
const reporters = process.env["CI"] ? ["default", "json"] : ["default"];

/** Tests left out, each for a reason that the machine it runs on can remove. */
const leftOut = [
  // Real processes started the POSIX way: shells, signals, /proc.
  process.platform === "win32" && "test/e2e/**",
].filter((pattern) => pattern !== false);

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...leftOut],
    globalSetup: ["test/servers/install.ts"],
    reporters,
    outputFile: { json: ".vitest/results.json" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
