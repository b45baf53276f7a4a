import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { shell, sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const workspace = createWorkspace({
  "sluice.yaml": `stores:
  good: { provider: file, path: ./good.env }
  open: { provider: file, path: ./open.env }
env:
  A: secret://good/A
  B: "x\${secret://good/B}\${secret://open/C}"
`,
  "good.env": "A=1\nB=2\n",
  "open.env": "C=3\n",
  "sick.yaml": `stores:
  gone: { provider: file, path: ./gone.env }
  broken: { provider: file, path: ./broken.env }
  good: { provider: file, path: ./good.env }
env:
  MISSING: secret://good/NOPE
  BROKEN: secret://broken/X
  GONE: secret://gone/X
  STRAY: secret://goood/X
  MALFORMED: secret://good
`,
  "broken.env": "X=1\nthis is not dotenv\n",
  "idle.yaml": "stores: { good: { provider: file, path: ./good.env } }\n",
});
const { path: cwd } = workspace;
chmodSync(join(cwd, "good.env"), 0o600);
chmodSync(join(cwd, "open.env"), 0o644);
afterAll(() => workspace[Symbol.dispose]());

interface Finding {
  readonly store: string;
  readonly aspect: string;
  readonly status: string;
  readonly message: string;
  readonly remedy?: string;
}

async function examine(...args: readonly string[]): Promise<{ code: number | null; findings: Finding[] }> {
  const { code, stdout } = await sluice(["doctor", "-o", "json", ...args], { cwd });
  return { code, findings: JSON.parse(stdout) as Finding[] };
}

describe("sluice doctor", () => {
  it("is content with stores that can do what is asked of them", async () => {
    const { code, findings } = await examine();
    expect(code).toBe(0);
    expect(findings.filter(({ status }) => status === "failed")).toEqual([]);
    const readable = findings.filter(({ aspect }) => aspect === "readable");
    expect(readable.map(({ store, message }) => [store, message])).toEqual([
      ["good", "2 of the 2 references to it can be read"],
      ["open", "1 of the 1 references to it can be read"],
    ]);
  });

  it("warns, with the remedy", async () => {
    const { findings } = await examine("open");
    expect(findings).toContainEqual(
      expect.objectContaining({
        store: "open",
        status: "warning",
        remedy: expect.stringContaining("chmod 600"),
      }),
    );
    expect(new Set(findings.map(({ store }) => store))).toEqual(new Set(["open"]));
  });

  it("finds everything that is wrong, each with what to do", async () => {
    const { code, findings } = await examine("--config", "sick.yaml");
    expect(code).toBe(78);
    const failed = findings.filter(({ status }) => status === "failed");
    for (const text of [
      "secret://good/NOPE",
      "secret://broken/X",
      "secret://gone/X",
      "secret://goood/X",
      "MALFORMED",
    ])
      expect(failed.filter(({ message }) => message.includes(text))).toHaveLength(1);
    expect(failed.filter(({ remedy }) => !remedy)).toEqual([]);
    expect(failed.some(({ store, aspect }) => store === "gone" && aspect === "reachable")).toBe(true);
  });

  it("ends with the code of what is to be mended first", async () => {
    workspace.write(
      "missing.yaml",
      "stores: { good: { provider: file, path: ./good.env } }\nenv: { A: secret://good/NOPE }\n",
    );
    expect((await examine("--config", "missing.yaml")).code).toBe(66);
  });

  it("says so when nothing refers to a store, and reads --env-file too", async () => {
    const idle = await examine("--config", "idle.yaml");
    expect(idle.findings.at(-1)?.message).toBe("nothing refers to it");
    workspace.write("more.env", "A=secret://good/A\n");
    const more = await examine("--config", "idle.yaml", "--env-file", "more.env");
    expect(more.findings.at(-1)?.message).toBe("1 of the 1 references to it can be read");
  });

  it("helps with an unknown store", async () => {
    const { code, stderr } = await sluice(["doctor", "goood"], { cwd });
    expect(code).toBe(78);
    expect(stderr).toContain('Did you mean "good"?');
  });

  it("prints plain lines where there is no terminal", async () => {
    const { stdout, stderr } = await sluice(["doctor"], { cwd });
    expect(stderr.split("\n").filter(Boolean).sort()).toEqual([
      "sluice: checked good",
      "sluice: checked open",
    ]);
    expect(stdout).toMatch(/^STORE +CHECK +STATUS +FINDING +WHAT TO DO$/m);
    expect(stdout + stderr).not.toContain("\u001B");
  });

  it.runIf(process.platform === "linux")("shows a line that goes away on a terminal", async () => {
    const { stdout } = await shell('script -qec "$NODE $SLUICE doctor" /dev/null </dev/null', { cwd });
    expect(stdout).toContain("\r\u001B[Kchecking 1/2: good, open");
    expect(stdout).not.toContain("sluice: checked");
  });
});
