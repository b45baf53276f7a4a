import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Failure,
  type ProviderContext,
  type PutOutcome,
  type PutRequest,
  type SecretFound,
  type SecretOutcome,
  type SecretProvider,
  SecretValue,
  type SecretVersion,
  SELF,
} from "@sluice/core";
import { onTestFinished } from "vitest";
import { vault } from "../src/vault.js";
import type { VaultOptions } from "../src/vault-options.js";

export function contextOf(overrides: Partial<ProviderContext> = {}): ProviderContext {
  const signal = new AbortController().signal;
  return { signal, deadline: Date.now() + 20_000, identity: SELF, trace: { id: "test" }, ...overrides };
}

/** A provider, closed after the test. */
export function openVault(
  options: VaultOptions,
  environment: Record<string, string> = {},
): Required<SecretProvider> {
  const dependencies = { store: "prod", baseDirectory: "/", environment };
  const provider = vault(options).create(dependencies) as Required<SecretProvider>;
  onTestFinished(async () => provider[Symbol.asyncDispose]());
  return provider;
}

export async function read(
  provider: SecretProvider,
  path: string,
  context: ProviderContext = contextOf(),
  version: SecretVersion = { kind: "latest" },
): Promise<SecretOutcome> {
  const request = { id: "1", path, selector: { kind: "whole" }, version, volatile: false } as const;
  const [outcome] = await provider.resolve([request], context);
  if (outcome === undefined) throw new Error("no outcome");
  return outcome;
}

export async function found(
  provider: SecretProvider,
  path: string,
  version?: SecretVersion,
): Promise<SecretFound> {
  const outcome = await read(provider, path, contextOf(), version);
  if (outcome.status !== "found") throw new Error(`${outcome.status}: ${outcome.reason}`);
  return outcome;
}

/** A secret's fields, in the clear. */
export async function reveal(
  provider: SecretProvider,
  path: string,
  version?: SecretVersion,
): Promise<Record<string, string>> {
  const { value } = await found(provider, path, version);
  if (SecretValue.isInstance(value)) throw new Error("no fields");
  return Object.fromEntries(Array.from(value, ([name, entry]) => [name, entry.text()]));
}

export async function failure(
  provider: SecretProvider,
  path: string,
  version?: SecretVersion,
): Promise<Failure> {
  const outcome = await read(provider, path, contextOf(), version);
  if (outcome.status === "found") throw new Error("found");
  return outcome;
}

export async function put(
  provider: Required<SecretProvider>,
  path: string,
  fields: object | string,
  request: Partial<PutRequest> = {},
): Promise<PutOutcome> {
  const text = typeof fields === "string" ? fields : JSON.stringify(fields);
  return provider.put({ path, value: SecretValue.fromText(text), ...request }, contextOf());
}

/** Reads several paths with one call; the outcomes in their order. */
export async function readAll(
  provider: SecretProvider,
  paths: readonly string[],
  { volatile = false, context = contextOf() }: { volatile?: boolean; context?: ProviderContext } = {},
): Promise<readonly SecretOutcome[]> {
  const requests = paths.map((path, at) => ({
    id: String(at),
    path,
    selector: { kind: "whole" } as const,
    version: { kind: "latest" } as const,
    volatile,
  }));
  const outcomes = await provider.resolve(requests, context);
  return outcomes.toSorted((one, other) => Number(one.id) - Number(other.id));
}

/** A new file with this content, gone after the test. */
export async function tempFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-vault-"));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "credential");
  await writeFile(file, content);
  return file;
}
