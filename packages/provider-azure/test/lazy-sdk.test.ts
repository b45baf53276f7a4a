import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { ENVIRONMENT, registerWeb, WEB_SECRET } from "./applications.js";
import { call, write } from "./call.js";
import { makeCertificates } from "./make-certificates.js";

const RECORDER = fileURLToPath(new URL("../../../test/fixtures/record-modules.mjs", import.meta.url));
const PROVIDER = new URL("../dist/azure-provider.js", import.meta.url).href;
const DETOUR = new URL("detour-client.ts", import.meta.url).href;

/** Packages that are loaded only when they are needed. */
const LAZY = /(?<=node_modules\/)(?:@azure\/(?:identity|keyvault-(?!common)\w+)|node-forge|yaml)(?=\/)/g;

await describeOnKeyVault("the packages that are loaded", (server) => {
  beforeAll(async () => {
    await registerWeb(server);
    const { pkcs12 } = await makeCertificates("rsa");
    const value = (await pkcs12("")).toString("base64");
    await call(server, "POST", "/certificates/web/import", { value });
    await write(server, "yaml", "a: b", { contentType: "application/x-yaml" });
  });

  /** Of another process that reads these references. */
  async function loaded(...references: readonly string[]): Promise<string[]> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-azure-"));
    const record = join(folder, "modules");
    const script = `
      import { createAzureProvider } from ${JSON.stringify(PROVIDER)};
      import { detourClient } from ${JSON.stringify(DETOUR)};
      const azure = createAzureProvider(
        ${JSON.stringify({ url: server.address, auth: WEB_SECRET })},
        { store: "azure", baseDirectory: "/", environment: ${JSON.stringify(ENVIRONMENT)} },
        { verifyChallenge: true, httpClient: detourClient(${JSON.stringify(server.detour)}) });
      const requests = process.argv.slice(1).map((reference, index) => {
        const [path, name] = reference.split("#");
        const selector = name === undefined ? { kind: "whole" } : { kind: "field", name };
        return { id: String(index), path, selector, version: { kind: "latest" }, volatile: false };
      });
      const context = { signal: new AbortController().signal, deadline: Infinity, identity: { kind: "self" },
        trace: { id: "test" } };
      if (requests.length > 0) await azure.resolve(requests, context);
      // Connections that are kept open must not keep the process.
      process.exit();
    `;
    const args = ["--import", RECORDER, "--input-type=module", "-e", script, "--", ...references];
    try {
      await promisify(execFile)(process.execPath, args, { env: { ...process.env, RECORD_MODULES: record } });
      return Array.from(new Set((await readFile(record, "utf8")).match(LAZY))).sort();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it.each([
    ["nothing until a verb is called", [], []],
    ["what secrets need", ["a"], ["@azure/identity", "@azure/keyvault-secrets"]],
    ["what certificates need", ["certificates/a"], ["@azure/identity", "@azure/keyvault-certificates"]],
    ["what keys need", ["keys/a"], ["@azure/identity", "@azure/keyvault-keys"]],
    [
      "what PKCS#12 needs",
      ["certificates/web#tls.key"],
      ["@azure/identity", "@azure/keyvault-secrets", "node-forge"],
    ],
    ["what YAML needs", ["yaml#a"], ["@azure/identity", "@azure/keyvault-secrets", "yaml"]],
  ])("are %s", async (_, references, expected) => {
    expect(await loaded(...references)).toEqual(expected);
  });
});
