import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { type IssuedCertificate, issueLeaf, issueRoot } from "@sluice/webhook";
import { afterAll, beforeAll, expect, it } from "vitest";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { sluice, startSluice } from "../../support/sluice.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";

const DAY = 86_400_000;
const settings = (
  image: string,
): string => `broker: { address: "https://10.96.4.2:8443", rootsFile: roots.pem }
launcher: { image: "${image}" }
dialects: [sluice, atarraya]
`;
const REVIEW = JSON.stringify({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid: "u-1",
    operation: "CREATE",
    namespace: "shop",
    resource: { group: "", version: "v1", resource: "pods" },
    object: {
      spec: {
        containers: [{ name: "web", command: ["/web"], env: [{ name: "A", value: "secret://prod/a" }] }],
      },
    },
  },
});
const ARGS = (
  "webhook --settings webhook.yaml --tls files --tls-cert tls.crt --tls-key tls.key --stores stores.yaml " +
  "--listen 127.0.0.1:0 --management 127.0.0.1:0 --lame 1"
).split(" ");

let root: IssuedCertificate;
let workspace: Workspace;

beforeAll(async () => {
  const now = Date.now();
  root = await issueRoot("test", DAY, now);
  const leaf = await issueLeaf(root, { names: [], addresses: ["127.0.0.1"], lifetimeMs: DAY, now });
  workspace = createWorkspace({
    "webhook.yaml": settings("first:1"),
    "roots.pem": root.cert,
    "stores.yaml": "stores: { prod: { provider: vault, identity: pod, tokenAudience: of-the-store } }\n",
    "tls.crt": leaf.cert,
    "tls.key": leaf.key,
  });
});
afterAll(() => workspace[Symbol.dispose]());

/** A webhook that serves, and what it has written. */
async function start(): Promise<{ child: ChildProcess; lines: () => string; facts: Record<string, string> }> {
  const child = startSluice(ARGS, { cwd: workspace.path });
  let written = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (chunk: string) => (written += chunk));
  await waitUntil("it serves", () => written.includes('"msg":"serving"'));
  const line = written.split("\n").find((text) => text.includes('"msg":"serving"')) ?? "{}";
  return { child, lines: () => written, facts: JSON.parse(line) as Record<string, string> };
}

async function patchFrom(address: string): Promise<string> {
  const asked = request(`https://${address}/mutate`, {
    method: "POST",
    ca: root.cert,
    agent: false,
    headers: { "content-type": "application/json" },
  });
  asked.end(REVIEW);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const chunks = (await answer.toArray()) as Buffer[];
  const { response } = JSON.parse(Buffer.concat(chunks).toString()) as { response: { patch: string } };
  return Buffer.from(response.patch, "base64").toString();
}

it("answers reviews, reads its settings again when told, and ends when told", async () => {
  const { child, lines, facts } = await start();
  const { address = "", management = "" } = facts;
  expect(await patchFrom(address)).toContain("first:1");
  expect((await fetch(`http://${management}/readyz`)).status).toBe(200);

  writeFileSync(join(workspace.path, "webhook.yaml"), "launcher: { imge: x }\n");
  child.kill("SIGHUP");
  await waitUntil("it says what is wrong", () => lines().includes('unknown key \\"imge\\"'));
  expect(await patchFrom(address)).toContain("first:1");

  writeFileSync(join(workspace.path, "webhook.yaml"), settings("second:2"));
  child.kill("SIGHUP");
  await waitUntil("the new settings count", async () => (await patchFrom(address)).includes("second:2"));
  const metrics = await (await fetch(`http://${management}/metrics`)).text();
  expect(metrics).toMatch(/sluice_webhook_reloads_total\{what="settings",outcome="ok"\} 1/);
  expect(metrics).toMatch(/sluice_webhook_certificate_end_seconds 1\d{9}/);

  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await waitUntil("it is not ready", async () => (await fetch(`http://${management}/readyz`)).status === 503);
  // Requests that still come in the lame time are answered.
  expect(await patchFrom(address)).toContain("second:2");
  expect(await exit).toEqual([0, null]);
  expect(lines()).not.toContain("PRIVATE KEY");
});

it("does not start without what it must know", async () => {
  const none = await sluice(["webhook"], { cwd: workspace.path });
  expect(none.code).toBe(78);
  expect(none.stderr).toContain("Neither --broker nor broker.address of a settings file is given");
  const wrong = await sluice(["webhook", "--broker", "http://x"], { cwd: workspace.path });
  expect(wrong.code).toBe(64);
  expect(wrong.stderr).toContain("Write https://ADDRESS:PORT.");
  const nowhere = await sluice(["webhook", "--settings", "webhook.yaml", "--kubeconfig", "none"], {
    cwd: workspace.path,
  });
  expect(nowhere.code).toBe(78);
  expect(nowhere.stderr).toContain("Name a kubeconfig with --kubeconfig, or run it in a pod");
  const keyless = await sluice([...ARGS, "--tls-key", "roots.pem"], { cwd: workspace.path });
  expect(keyless.code).toBe(78);
  expect(keyless.stderr).toContain("are no certificate with its key");
});
