import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { hasGo } from "../../../test/servers/launcher.js";
import { goEnvironment } from "../src/build/go-environment.js";
import { GO_FOLDER } from "../src/build/go-folder.js";

/** Compiling all of it for the first time takes a minute or two. */
const TIMEOUT_MS = 9 * 60_000;

const SPECIFICATION = new URL("../../../docs/spec/protocol-v1.md", import.meta.url);

/** Numbers of the requirements that concern the launcher: sections 1 to 6. */
const RULES = Array.from(
  readFileSync(SPECIFICATION, "utf8").matchAll(/^- \*\*([1-6]\.\d+)\*\*/gm),
  ([, rule]) => rule,
);

interface TestEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
}

/** Runs the `go` command on all of the launcher; what it printed is given whether it succeeds or not. */
async function go(
  variables: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  const env = { ...goEnvironment(), ...variables };
  const options = { cwd: GO_FOLDER, env, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await promisify(execFile)("go", args, options);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

describe.skipIf(!(await hasGo()))("the launcher's Go", () => {
  let events: readonly TestEvent[] = [];

  beforeAll(async () => {
    const { output } = await go({}, "test", "-json", "./...");
    events = output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as TestEvent);
  }, TIMEOUT_MS);

  const titles = (action: string): string[] =>
    events.flatMap(({ Action, Test, Package }) => (Action === action ? [Test ?? `${Package}`] : []));

  it.each(["amd64", "arm64"])("passes go vet for %s", { timeout: TIMEOUT_MS }, async (arch) => {
    const { code, output } = await go({ GOARCH: arch }, "vet", "./...");
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  it("is formatted", { timeout: TIMEOUT_MS }, async () => {
    const { stdout } = await promisify(execFile)("gofmt", ["-l", "."], {
      cwd: GO_FOLDER,
      env: goEnvironment(),
    });
    expect(stdout).toBe("");
  });

  it("passes its tests, and skips none", () => {
    const failed = events.filter(({ Action }) => Action.endsWith("fail")).map(({ Test }) => Test);
    const told = events.flatMap(({ Output }) => Output ?? []).join("");
    expect({ failed, told }).toMatchObject({ failed: [] });
    expect(titles("skip").filter((title) => !title.includes("/internal/scripted"))).toEqual([]);
    expect(titles("pass").length).toBeGreaterThan(RULES.length);
  });

  it.each(RULES)("has a test titled by requirement %s", (rule) => {
    expect(titles("pass").filter((title) => title.includes(`/${rule}_`))).not.toEqual([]);
  });
});
