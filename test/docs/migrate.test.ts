import { afterAll, expect, describe, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { sluice } from "../support/sluice.js";
import { createWorkspace } from "../support/workspace.js";
import { readPage } from "./pages.js";

/** Sections of a peer each, with their files by the names that stand in the first line. */
const sections = readPage("docs/migrate.md")
  .split(/^### From /m)
  .slice(1)
  .map((text): [peer: string, files: ReadonlyMap<string, string>] => {
    const files = Array.from(
      text.matchAll(/^```yaml\n# (\S+)\n([^]*?)^```$/gm),
      ([, name = "", code = ""]): [string, string] => [name, code],
    );
    return [text.split("\n", 1)[0] ?? "", new Map(files)];
  });

const documents = (text: string): unknown[] => parseAllDocuments(text).map((document) => document.toJS());

describe("what the page says of moving from each peer", () => {
  const workspace = createWorkspace();
  afterAll(() => workspace[Symbol.dispose]());

  it("has one of every peer", () => {
    expect(sections.map(([peer]) => peer)).toEqual([
      "atarraya",
      "akv2k8s",
      "bank-vaults",
      "secrets-init",
      "kees",
      "vault-k8s",
      "Vault Sidecar Injector",
    ]);
  });

  it.each(sections)(
    "%s: migrate makes that of it, and lint has nothing against it before or after",
    async (_, files) => {
      for (const [name, text] of files) workspace.write(name, text);
      const settings = files.has("webhook.yaml") ? ["--settings", "webhook.yaml"] : [];
      const run = async (command: string, file: string) =>
        sluice([command, "-f", file, ...settings], { cwd: workspace.path });
      const migrated = await run("migrate", "before.yaml");
      expect({ code: migrated.code, stderr: migrated.code === 0 ? "" : migrated.stderr }).toEqual({
        code: 0,
        stderr: "",
      });
      const before = files.get("before.yaml") ?? "";
      expect(documents(migrated.stdout)).toEqual(documents(files.get("after.yaml") ?? before));
      workspace.write("migrated.yaml", migrated.stdout);
      for (const file of ["before.yaml", "migrated.yaml"]) {
        const { code, stdout, stderr } = await run("lint", file);
        expect({ file, code, told: code === 0 ? "" : stdout + stderr }).toEqual({ file, code: 0, told: "" });
      }
    },
  );
});
