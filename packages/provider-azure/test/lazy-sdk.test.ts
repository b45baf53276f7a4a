import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CLIENT_SECRET } from "../../../test/servers/azure-stand-in/login-service.js";
import { type RunningStandIn, startStandIn } from "../../../test/servers/azure-stand-in/start-stand-in.js";

const RECORDER = fileURLToPath(new URL("../../../test/fixtures/record-modules.mjs", import.meta.url));
const PROVIDER = new URL("../dist/azure-provider.js", import.meta.url).href;

let server: RunningStandIn;
beforeAll(async () => {
  server = await startStandIn();
});
afterAll(async () => server.stop());

/** The packages of the SDK that another process loads which reads these paths. */
async function loaded(...paths: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-azure-"));
  const record = join(folder, "modules");
  const { address, authority, caFile } = server;
  const auth = { clientSecret: { tenantId: "stand-in", clientId: "web", variable: "SECRET" } };
  const script = `
    import { createAzureProvider } from ${JSON.stringify(PROVIDER)};
    const azure = createAzureProvider(
      ${JSON.stringify({ url: address, caFile, auth })},
      { store: "azure", baseDirectory: "/", environment: { SECRET: ${JSON.stringify(CLIENT_SECRET)} } },
      { verifyChallenge: false, authority: ${JSON.stringify(authority)} });
    const whole = { selector: { kind: "whole" }, version: { kind: "latest" }, volatile: false };
    const requests = process.argv.slice(1).map((path, index) => ({ ...whole, id: String(index), path }));
    const context = { signal: new AbortController().signal, deadline: Infinity, identity: { kind: "self" },
      trace: { id: "test" } };
    if (requests.length > 0) await azure.resolve(requests, context);
  `;
  const args = ["--import", RECORDER, "--input-type=module", "-e", script, "--", ...paths];
  try {
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, RECORD_MODULES: record } });
    const modules = await readFile(record, "utf8");
    return Array.from(
      new Set(modules.match(/(?<=node_modules\/@azure\/)(?:identity|keyvault-(?!common)\w+)/g)),
    ).sort();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it.each([
  ["nothing until a verb is called", [], []],
  ["what secrets need", ["a"], ["identity", "keyvault-secrets"]],
  ["what certificates need", ["certificates/a"], ["identity", "keyvault-certificates"]],
  ["what keys need", ["keys/a"], ["identity", "keyvault-keys"]],
])("loads %s", async (_, paths, expected) => {
  expect(await loaded(...paths)).toEqual(expected);
});
