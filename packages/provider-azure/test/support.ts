import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import {
  type DelegatedIdentity,
  type Failure,
  type ProviderContext,
  type SecretFound,
  type SecretOutcome,
  type SecretProvider,
  type SecretRequest,
  SecretValue,
  SELF,
} from "@sluice/core";
import type { AzureServer } from "../../../test/servers/azure.js";
import { CLIENT_SECRET } from "../../../test/servers/azure-stand-in/login-service.js";
import type { AzureOptions } from "../src/azure-options.js";
import { type AzureProvider, createAzureProvider } from "../src/azure-provider.js";
import type { Trust } from "../src/vault/trust.js";

export function contextOf(overrides: Partial<ProviderContext> = {}): ProviderContext {
  const signal = new AbortController().signal;
  return { signal, deadline: Date.now() + 20_000, identity: SELF, trace: { id: "test" }, ...overrides };
}

const APPLICATION = { tenantId: "stand-in", clientId: "7c1a1ee1-5b1f-4d0a-9a36-0f2f3f3f5c55" };

/** Options of a store on this server, which logs in with a client secret, and the variables that they name. */
export function standInOptions({ address, caFile }: AzureServer): {
  readonly options: AzureOptions;
  readonly environment: Readonly<Record<string, string>>;
} {
  return {
    options: {
      url: address,
      auth: { clientSecret: { ...APPLICATION, variable: "SECRET" } },
      delegation: APPLICATION,
      ...(caFile !== undefined && { caFile }),
    },
    environment: { SECRET: CLIENT_SECRET, WRONG: "canary-wrong-secret" },
  };
}

/** How to trust this server, though it is not in the domain its tokens are for. */
export function trustOf({ authority, token }: AzureServer): Trust {
  if (authority !== undefined) return { verifyChallenge: false, authority };
  const getToken = async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
  return { verifyChallenge: false, credential: { getToken } };
}

export function openAzure(server: AzureServer, options: Partial<AzureOptions> = {}): AzureProvider {
  const { options: basis, environment } = standInOptions(server);
  const dependencies = { store: "azure", baseDirectory: "/", environment };
  return createAzureProvider({ ...basis, ...options }, dependencies, trustOf(server));
}

export function requestOf(path: string, overrides: Partial<SecretRequest> = {}): SecretRequest {
  return {
    id: "1",
    path,
    selector: { kind: "whole" },
    version: { kind: "latest" },
    volatile: false,
    ...overrides,
  };
}

export async function read(
  provider: SecretProvider,
  path: string,
  overrides: Partial<SecretRequest> = {},
  context: ProviderContext = contextOf(),
): Promise<SecretOutcome> {
  const [outcome] = await provider.resolve([requestOf(path, overrides)], context);
  if (!outcome) throw new Error("no outcome");
  return outcome;
}

export async function field(provider: SecretProvider, path: string, name: string): Promise<SecretOutcome> {
  return read(provider, path, { selector: { kind: "field", name } });
}

export function found(outcome: SecretOutcome): SecretFound {
  if (outcome.status !== "found") throw new Error(`${outcome.status}: ${outcome.reason}`);
  return outcome;
}

export function textOf(outcome: SecretOutcome): string {
  const { value } = found(outcome);
  if (!SecretValue.isInstance(value)) throw new Error("a map");
  return value.text();
}

export function failed(outcome: SecretOutcome): Failure {
  if (outcome.status === "found") throw new Error("found");
  return outcome;
}

export function workload(name: string): DelegatedIdentity {
  return { kind: "delegated", cacheKey: name, subject: name, getToken: async () => `workload:${name}` };
}

/** Calls the server without the provider, its SDK and its credentials. */
export async function call(
  { address, caFile, token }: AzureServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = request(`${address}${path}?api-version=7.4`, { method, headers, agent: false, ...ca });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const json = await text(response);
  return {
    status: response.statusCode ?? 0,
    body: json === "" ? {} : (JSON.parse(json) as Record<string, unknown>),
  };
}

/** Writes a secret without the provider; its version. */
export async function write(server: AzureServer, name: string, value: string, more = {}): Promise<string> {
  const { status, body } = await call(server, "PUT", `/secrets/${name}`, { value, ...more });
  if (status !== 200) throw new Error(`written: ${status}`);
  return String(body["id"]).split("/").at(-1) ?? "";
}
