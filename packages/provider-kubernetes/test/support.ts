import {
  type ListPage,
  type ProviderContext,
  type PutOutcome,
  type PutRequest,
  type SecretOutcome,
  type SecretProvider,
  type SecretRequest,
  SecretValue,
  SELF,
} from "@sluice/core";
import { onTestFinished } from "vitest";
import { kubernetes, type KubernetesOptions } from "../src/index.js";

export type FullProvider = Required<Omit<SecretProvider, "renewLease" | "revokeLease">>;

export function contextOf(overrides: Partial<ProviderContext> = {}): ProviderContext {
  const signal = new AbortController().signal;
  return { signal, deadline: Date.now() + 20_000, identity: SELF, trace: { id: "test" }, ...overrides };
}

/** A provider, disposed of after the test. */
export function open(options: KubernetesOptions): FullProvider {
  const dependencies = { store: "cluster", baseDirectory: "/", environment: {} };
  const provider = kubernetes(options).create(dependencies) as FullProvider;
  onTestFinished(async () => provider[Symbol.asyncDispose]());
  return provider;
}

export function requestOf(path: string, id = path): SecretRequest {
  return { id, path, selector: { kind: "whole" }, version: { kind: "latest" }, volatile: false };
}

export async function read(
  provider: SecretProvider,
  path: string,
  context: ProviderContext = contextOf(),
): Promise<SecretOutcome> {
  const [outcome] = await provider.resolve([requestOf(path)], context);
  if (outcome === undefined) throw new Error("no outcome");
  return outcome;
}

/** What was found, field by field. */
export async function reveal(
  provider: SecretProvider,
  path: string,
  context?: ProviderContext,
): Promise<Record<string, Uint8Array>> {
  const outcome = await read(provider, path, context);
  if (outcome.status !== "found") throw new Error(`${outcome.status}: ${outcome.message}`);
  if (SecretValue.isInstance(outcome.value)) throw new Error("no fields");
  return Object.fromEntries(Array.from(outcome.value, ([name, value]) => [name, value.bytes()]));
}

export async function versionOf(provider: SecretProvider, path: string): Promise<string> {
  const outcome = await read(provider, path);
  if (outcome.status !== "found" || outcome.version === undefined) throw new Error(outcome.status);
  return outcome.version;
}

export async function put(
  provider: FullProvider,
  path: string,
  fields: unknown,
  request: Partial<PutRequest> = {},
): Promise<PutOutcome> {
  const value = SecretValue.fromText(JSON.stringify(fields));
  return provider.put({ path, value, ...request }, contextOf());
}

export async function pagesOf(provider: FullProvider, query = {}): Promise<ListPage[]> {
  return Array.fromAsync(provider.list(query, contextOf()));
}

export async function pathsOf(provider: FullProvider, query = {}): Promise<string[]> {
  return (await pagesOf(provider, query)).flatMap(({ items }) => items.map(({ path }) => path));
}
