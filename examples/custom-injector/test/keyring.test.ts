// Holds the provider against the specification.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { createSecretResolver } from "@sluice/core";
import { describeConformance, type Subject } from "@sluice/provider-conformance";
import { keyring } from "../dist/keyring.js";
import { startKeyring } from "./start-keyring.ts";

async function createSubject(): Promise<Subject> {
  const server = await startKeyring();
  const store = keyring({ address: `${server.address}/store` });
  const put = (path: string, bytes: Uint8Array): void => server.put(`store/${path}`, bytes);
  const answers = (path: string, answer: (response: ServerResponse) => void): { path: string } => {
    server.special.set(`store/${path}`, answer);
    return { path };
  };
  return {
    provider: keyring,
    store,
    path: (label) => `team/${label}`,
    write: async (path, text) => put(path, Buffer.from(text)),
    remove: async (path) => void server.secrets.delete(`store/${path}`),
    holdsEmpty: true,
    versioned: true,
    largestBytes: Infinity,
    pathBeyondAscii: (label) => `team/schlüssel-${label}`,
    writeBytes: async (path, bytes) => put(path, bytes),
    writeFields: async (path, fields) => put(path, Buffer.from(JSON.stringify(fields))),
    reads: () => server.counts.reads,
    outside: async (text) => {
      server.put("outside", Buffer.from(text));
      return ["../outside", "team/../../outside"];
    },
    denied: async (text) => answers("denied", (response) => response.writeHead(403).end(text)),
    throttled: async () => ({
      ...answers("throttled", (response) => response.writeHead(429, { "retry-after": "2" }).end()),
      store,
      retryAfterMs: 2000,
    }),
    malformed: async (text) => answers("malformed", (response) => response.writeHead(400).end(text)),
    unreachable: async () => ({ path: "any", store: keyring({ address: "http://127.0.0.1:1" }) }),
    hanging: async () => ({
      ...answers("hanging", () => undefined),
      store,
      underWay: () => server.counts.underWay,
    }),
    [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
  };
}

const excluded = (title: string, reason: string): void => console.log(`not tested: ${title} (${reason})`);

await describeConformance({ describe, test: (title, run) => test(title, run), excluded }, createSubject);

test("takes a login that is refused for a refusal, not for a wrong path", async (context) => {
  const server = await startKeyring();
  context.after(() => server[Symbol.asyncDispose]());
  server.special.set("db", (response) => response.writeHead(401).end());
  const secrets = createSecretResolver({ stores: { acme: keyring({ address: server.address }) } });
  context.after(() => secrets[Symbol.asyncDispose]());
  const [outcome] = await secrets.settle(["secret://acme/db"]);
  assert.equal(outcome?.status, "denied");
});
