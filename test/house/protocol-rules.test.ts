import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const SPECIFICATION = readFileSync(new URL("docs/spec/protocol-v1.md", ROOT), "utf8");

/** Where those who write plans, and those who answer, are tested without a cluster. */
const PATHS = [
  "packages/core/src/plan",
  "packages/protocol",
  "packages/broker",
  "packages/kubernetes/src/stores",
];

/** Of sections 1 to 3 those that a writer of plans or a source must keep; the launcher's own have tests in Go. */
const OURS = ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.3", "2.4", "2.5", "3.2", "3.5"];

const numbered = Array.from(SPECIFICATION.matchAll(/^- \*\*(\d\.\d+)\*\*/gm), ([, rule]) => rule ?? "");
const RULES = [...OURS, ...numbered.filter((rule) => /^[78]/.test(rule))];

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
  // `7.5 and 7.7 the plan > refuses …`: numbers at the beginning of any title.
  const titles = tests.flatMap(({ name }) => name.split(" > "));
  tested = new Set(
    titles.flatMap((title) => /^\d\.\d+( and \d\.\d+)*/.exec(title)?.[0].split(" and ") ?? []),
  );
}, 120_000);

it("the specification has the rules that are looked for", () => {
  expect(numbered).toEqual(expect.arrayContaining(RULES));
  expect(RULES.length).toBeGreaterThan(OURS.length);
});

it.each(RULES)("has a test titled by requirement %s", (rule) => expect(tested).toContain(rule));

it("no test is titled by a requirement that is not there", () => {
  expect(Array.from(tested).filter((rule) => !numbered.includes(rule))).toEqual([]);
});
