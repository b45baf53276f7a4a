import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { LoadedConfig } from "./loaded-config.js";
import { readKubeconfig } from "./read-kubeconfig.js";
import { readPlainKubeconfig } from "./read-plain-kubeconfig.js";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const CA = { "certificate-authority-data": base64("CA") };
const CERTIFICATE = { "client-certificate-data": base64("CERT"), "client-key-data": base64("KEY") };

async function fileWith(cluster: object, user: object, context: object = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-plain-"));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  const config = {
    apiVersion: "v1",
    kind: "Config",
    preferences: {},
    clusters: [
      { name: "other", cluster: { server: "https://other.test" } },
      { name: "c", cluster: { server: "https://c.test:6443", ...cluster } },
    ],
    users: [
      { name: "u", user },
      { name: "v", user: { token: "of-v" } },
    ],
    contexts: [
      { name: "one", context: { cluster: "c", user: "u", ...context } },
      { name: "two", context: { cluster: "other", user: "v", namespace: "two" } },
    ],
    "current-context": "one",
  };
  await writeFile(join(folder, "config"), JSON.stringify(config));
  return join(folder, "config");
}

async function told(loaded: LoadedConfig | undefined): Promise<unknown> {
  if (loaded === undefined) return undefined;
  const { server, namespace, account } = loaded;
  const accounts = [await account(), await account("acting")].map(({ ca, cert, key, headers }) => ({
    ca,
    cert,
    key,
    authorization: Reflect.get(headers ?? {}, "Authorization") as unknown,
  }));
  return { server: server.href, namespace, accounts };
}

it.each([
  ["a token", CA, { token: "t" }, {}],
  ["a certificate", CA, CERTIFICATE, { namespace: "shop" }],
  ["both", {}, { ...CERTIFICATE, token: "t" }, {}],
])(
  "a plain kubeconfig with %s is read as the vendor's library reads it",
  async (_, cluster, user, context) => {
    const path = await fileWith(cluster, user, context);
    for (const chosen of [undefined, "two"]) {
      const plain = await readPlainKubeconfig(path, chosen);
      expect(plain).toBeDefined();
      expect(await told(plain)).toEqual(await told(await readKubeconfig([path], chosen)));
    }
  },
);

it.each([
  ["a proxy", { "proxy-url": "http://proxy.test" }, {}],
  ["no verification", { "insecure-skip-tls-verify": true }, {}],
  ["a name of the server", { "tls-server-name": "c" }, {}],
  ["a file of certificates", { "certificate-authority": "ca.crt" }, {}],
  ["a server that is none", { server: "none" }, {}],
  ["a plugin", {}, { exec: { command: "c", apiVersion: "v1" } }],
  ["a file of a token", {}, { tokenFile: "token" }],
  ["a password", {}, { username: "u", password: "p" }],
  ["another whom it acts for", {}, { token: "t", as: "root" }],
])("one with %s is left to the vendor's library", async (_, cluster, user) => {
  expect(await readPlainKubeconfig(await fileWith(cluster, user))).toBeUndefined();
});

it("one that is missing, broken or has no such context is left to it as well", async () => {
  const path = await fileWith(CA, { token: "t" });
  expect(await readPlainKubeconfig(path, "three")).toBeUndefined();
  expect(await readPlainKubeconfig(`${path}-missing`)).toBeUndefined();
  await writeFile(path, "users: [{token: CANARY");
  expect(await readPlainKubeconfig(path)).toBeUndefined();
});
