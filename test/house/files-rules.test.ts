import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const SPECIFICATION = readFileSync(new URL("docs/spec/files-v1.md", ROOT), "utf8");

/** Where those who plan files, and those who write them, are tested. */
const PATHS = [
  "packages/core/src/plan",
  "packages/files",
  "packages/init-writer",
  "packages/webhook/test/files.test.ts",
  "packages/webhook/test/file-refusals.test.ts",
];

const RULES = Array.from(SPECIFICATION.matchAll(/^- \*\*(\d\.\d+)\*\*/gm), ([, rule]) => rule ?? "");

let tested: ReadonlySet<string> = new Set();

beforeAll(async () => {
  const vitest = fileURLToPath(new URL("node_modules/vitest/vitest.mjs", ROOT));
  const options = { cwd: fileURLToPath(ROOT), maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, "list", ...PATHS, "--json"],
    options,
  );
  const tests = JSON.parse(stdout.slice(stdout.indexOf("["))) as { readonly name: string }[];
  // `files 2.4 and 4.2 for a malformed reference`: numbers at the beginning of any title.
  const titles = tests.flatMap(({ name }) => name.split(" > "));
  tested = new Set(
    titles.flatMap((title) => /^files (\d\.\d+(?: and \d\.\d+)*)/.exec(title)?.[1]?.split(" and ") ?? []),
  );
}, 120_000);

it.each(RULES)("has a test titled by requirement %s of files", (rule) => expect(tested).toContain(rule));

it("no test is titled by a requirement of files that is not there", () => {
  expect(RULES.length).toBeGreaterThan(10);
  expect(Array.from(tested).filter((rule) => !RULES.includes(rule))).toEqual([]);
});
