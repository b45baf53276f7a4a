import {
  SELF,
  type ListPage,
  type ListQuery,
  type ProviderContext,
  type ProviderDependencies,
  type SecretOutcome,
  type SecretProvider,
  type SecretRequest,
  type SecretVersion,
} from "@sluice/core";
import { ENVIRONMENT } from "./environment.js";

/** What a provider of the tests is created with. */
export function dependencies(
  environment: ProviderDependencies["environment"] = ENVIRONMENT,
): ProviderDependencies {
  return { store: "test", baseDirectory: "/", environment };
}

/** A context with ten seconds left. */
export function contextOf(changes: Partial<ProviderContext> = {}): ProviderContext {
  return {
    signal: new AbortController().signal,
    deadline: Date.now() + 10_000,
    identity: SELF,
    trace: { id: "test" },
    ...changes,
  };
}

/** A request for a path, by default for its latest version; its id is the path. */
export function ask(path: string, version: SecretVersion = { kind: "latest" }): SecretRequest {
  const id = version.kind === "latest" ? path : `${path} ${JSON.stringify(version)}`;
  return { id, path, selector: { kind: "whole" }, version, volatile: false };
}

/** The outcome for one path. */
export async function readOne(
  provider: SecretProvider,
  path: string,
  version?: SecretVersion,
  context: ProviderContext = contextOf(),
): Promise<SecretOutcome> {
  const [outcome] = await provider.resolve([ask(path, version)], context);
  if (!outcome) throw new Error("No outcome");
  return outcome;
}

/** The text that was found, or the failure. */
export function textOf(outcome: SecretOutcome | undefined): string {
  if (outcome?.status !== "found") return `${outcome?.status}: ${outcome?.reason}`;
  return outcome.value instanceof Map ? "a map" : (outcome.value as { text(): string }).text();
}

/** All pages of a listing. */
export async function listAll(provider: SecretProvider, query: ListQuery = {}): Promise<readonly ListPage[]> {
  return Array.fromAsync(provider.list?.(query, contextOf()) ?? []);
}
