import { afterAll, describe, expect, it } from "vitest";
import { sluice } from "../../support/sluice.js";
import { createWorkspace } from "../../support/workspace.js";

const POD = `kind: Pod
metadata:
  name: a # its name
  annotations:
    vault.security.banzaicloud.io/vault-addr: https://vault:8200
spec:
  containers:
    - { name: a, command: [/a], env: [{ name: A, value: "vault:secret/data/a#b" }] }
`;

const workspace = createWorkspace({
  "pod.yaml": POD,
  "broken.yaml": `${POD}---\n${POD.replace("a#b", "a")}`,
  "webhook.yaml": "bankVaults: { servers: [{ address: 'https://vault:8200', store: main }] }\n",
});
const run = async (...args: readonly string[]) =>
  sluice(["migrate", "--settings", "webhook.yaml", ...args], { cwd: workspace.path });

describe("sluice migrate", () => {
  afterAll(() => workspace[Symbol.dispose]());

  it("prints the manifest in our notation, and the stores that it takes on standard error", async () => {
    const { code, stdout, stderr } = await run("-f", "pod.yaml");
    expect([code, stdout]).toEqual([
      0,
      POD.replace(/ {2}annotations:\n.*\n/, "").replace(
        "vault:secret/data/a#b",
        "secret://main/secret/data/a#b",
      ),
    ]);
    expect(stderr).toContain("kind: ClusterSecretStore\nmetadata:\n  name: main\n");
    const again = await sluice(["migrate", "-f", "-"], { cwd: workspace.path, input: stdout });
    expect(again).toMatchObject({ code: 0, stdout, stderr: "" });
  });

  it("prints nothing where one pod cannot be said, and tells which and where", async () => {
    const { code, stdout, stderr } = await run("-f", "broken.yaml");
    expect([code, stdout]).toEqual([78, ""]);
    expect(stderr).toContain("broken.yaml:10:1: Pod a: ");
    expect(stderr).toContain("names no key");
    expect((await sluice(["migrate", "-f", "pod.yaml"], { cwd: workspace.path })).stderr).toContain(
      "Annotation vault-addr names a server that no store is known for",
    );
  });
});
