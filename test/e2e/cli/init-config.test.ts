import { BUILT_IN_PROVIDERS } from "@sluice/cli";
import { loadConfig } from "@sluice/config";
import { describe, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const IDS = BUILT_IN_PROVIDERS.map(({ id }) => id);

/** A scaffold's text as it is, and once for each option in a comment, with that one in place. */
function variants(text: string): string[] {
  const lines = text.split("\n");
  const options = lines.flatMap((line, index) => (/^ +# \w+: /.test(line) ? [index] : []));
  return [
    text,
    ...options.map((chosen) =>
      lines.map((line, index) => (index === chosen ? line.replace("# ", "") : line)).join("\n"),
    ),
  ];
}

describe("sluice init --provider", () => {
  it.each(IDS)("%s writes a configuration, every option in it real", async (id) => {
    using fresh = createWorkspace();
    const { code, stdout, stderr } = await sluice(["init", "--provider", id], { cwd: fresh.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^created {2}sluice\.yaml\n[^]*Next:\n[^]*sluice run/);
    const texts = variants(fresh.read("sluice.yaml"));
    expect(texts.length).toBeGreaterThan(2);
    for (const text of texts) {
      fresh.write("sluice.yaml", text);
      const { stores } = await loadConfig({ directory: fresh.path, providers: BUILT_IN_PROVIDERS });
      expect(Object.values(stores).map(({ provider }) => provider)).toEqual([id]);
    }
    const explained = await sluice(["explain"], { cwd: fresh.path });
    expect(explained.code).toBe(0);
    expect(explained.stdout).toContain("secret://");
  });

  it("writes secrets to begin with for files only", async () => {
    using fresh = createWorkspace();
    const { stdout } = await sluice(["init", "--provider", "vault", "sub"], { cwd: fresh.path });
    expect(stdout).toContain("cd sub");
    expect(stdout).toContain("sluice doctor");
    expect(() => fresh.read("sub/secrets.env")).toThrow("ENOENT");
    expect(() => fresh.read("sub/.gitignore")).toThrow("ENOENT");
  });

  it("knows which providers there are", async () => {
    using fresh = createWorkspace();
    const { code, stderr } = await sluice(["init", "--provider", "gcp"], { cwd: fresh.path });
    expect(code).toBe(64);
    for (const id of IDS) expect(stderr).toContain(id);
    const { stdout } = await sluice(["__complete", "--", "init", "--provider", "s"], { cwd: fresh.path });
    expect(stdout).toBe("ssm\nsecrets-manager\n");
  });
});
