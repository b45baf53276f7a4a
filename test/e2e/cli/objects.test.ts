import { afterAll, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const workspace = createWorkspace({
  "objects.yaml": "policy: []\n",
  "open.yaml": "policy: [{ namespaces: [shop] }]\n",
  "dialects.yaml": "policy: []\ndialects: [atarraya]\n",
  "stores.yaml": "stores: {}\n",
});
afterAll(() => workspace[Symbol.dispose]());

it.each<readonly [string, readonly string[], number, string]>([
  ["settings", [], 64, "required option '--settings <file>' not specified"],
  ["settings that are there", ["--settings", "gone.yaml"], 78, "The settings file gone.yaml cannot be read"],
  ["resources in a rule", ["--settings", "open.yaml"], 78, 'open.yaml:1:10: "resources" is missing'],
  ["notations of single texts", ["--settings", "dialects.yaml"], 78, "dialects.yaml:2:12:"],
  [
    "a cluster",
    ["--settings", "objects.yaml", "--kubeconfig", "none"],
    78,
    "Name a kubeconfig with --kubeconfig",
  ],
  [
    "a certificate",
    ["--settings", "objects.yaml", "--stores", "stores.yaml", "--tls", "files", "--tls-cert", "none"],
    78,
    "Name a PEM certificate with --tls-cert",
  ],
])("sluice objects does not start without %s", async (_, args, code, said) => {
  const ended = await sluice(["objects", ...args], { cwd: workspace.path });
  expect([ended.code, ended.stdout]).toEqual([code, ""]);
  expect(ended.stderr).toContain(said);
});
