import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// CI counts what passed from the JSON report, not from the screen.
const reporters = process.env["CI"] ? ["default", "json"] : ["default"];

/** Tests left out, each for a reason that the machine it runs on can remove. */
const leftOut = [
  // Real processes started the POSIX way: shells, signals, /proc.
  process.platform === "win32" && "test/e2e/**",
].filter((pattern) => pattern !== false);

/** This one mostly waits, for five minutes: it begins first, beside all others. */
const LONGEST = "test/e2e/starts/outage.test.ts";

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(LONGEST);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...leftOut],
    globalSetup: ["test/servers/install.ts"],
    reporters,
    outputFile: { json: ".vitest/results.json" },
    sequence: { sequencer: LongestFirst },
    // On two processors there would be one worker, and everything would wait for the longest.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // To end what hangs, not to time what works: a busy machine takes ten times as long.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    restoreMocks: true,
  },
});
