import {
  defineProvider,
  type Failure,
  type ProviderContext,
  type ProviderDescriptor,
  type SecretFound,
  type SecretOutcome,
  type SecretProvider,
  type SecretRequest,
  type StoreDefinition,
  SecretValue,
  SELF,
} from "@sluice/core";
import type { AzureServer } from "../../../test/servers/key-vault.js";
import { azureKeyVault } from "../src/azure-key-vault.js";
import type { AzureOptions } from "../src/azure-options.js";
import { type AzureProvider, createAzureProvider } from "../src/azure-provider.js";
import type { Trust } from "../src/vault/trust.js";
import { ENVIRONMENT, TENANT, WEB_SECRET, WORKLOADS } from "./applications.js";
import { detourClient } from "./detour-client.js";

export function contextOf(overrides: Partial<ProviderContext> = {}): ProviderContext {
  const signal = new AbortController().signal;
  return { signal, deadline: Date.now() + 20_000, identity: SELF, trace: { id: "test" }, ...overrides };
}

/** How to trust this server: as Azure, where its names lead to it. */
export function trustOf({ detour, token }: AzureServer): Trust {
  if (detour) return { verifyChallenge: true, httpClient: detourClient(detour) };
  const getToken = async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
  return { verifyChallenge: false, credential: { getToken } };
}

/** A store on this server, for a resolver. */
export function azureOn(server: AzureServer, options: AzureOptions): StoreDefinition {
  const provider: ProviderDescriptor<AzureOptions> = defineProvider<AzureOptions>({
    ...azureKeyVault,
    create: (each, dependencies) => createAzureProvider(each, dependencies, trustOf(server)),
  });
  return provider(options);
}

/** Opens a store on this server, which logs in as `WEB` where nothing else is said. */
export function openAzure(server: AzureServer, options: Partial<AzureOptions> = {}): AzureProvider {
  const { address, caFile, detour } = server;
  const basis = {
    url: address,
    auth: WEB_SECRET,
    delegation: { tenantId: TENANT, clientId: WORKLOADS },
    ...(caFile !== undefined && detour === undefined && { caFile }),
  };
  const dependencies = { store: "azure", baseDirectory: "/", environment: ENVIRONMENT };
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
