import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import {
  type Failure,
  type ListPage,
  type PutOutcome,
  type ProviderContext,
  type PutRequest,
  type SecretOutcome,
  type SecretProvider,
  SecretValue,
  SELF,
} from "@sluice/core";
import { expect, onTestFinished } from "vitest";
import { file } from "../src/file.js";
import type { FileOptions } from "../src/file-options.js";

/** A new folder that anybody may enter, gone after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-file-"));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  return folder;
}

export function contextOf(overrides: Partial<ProviderContext> = {}): ProviderContext {
  const signal = new AbortController().signal;
  return { signal, deadline: Date.now() + 20_000, identity: SELF, trace: { id: "test" }, ...overrides };
}

export function openFile(options: FileOptions, baseDirectory = "/"): Required<SecretProvider> {
  const dependencies = { store: "files", baseDirectory, environment: {} };
  return file(options).create(dependencies) as Required<SecretProvider>;
}

export async function read(
  provider: SecretProvider,
  path: string,
  context: ProviderContext = contextOf(),
): Promise<SecretOutcome> {
  const request = {
    id: "1",
    path,
    selector: { kind: "whole" },
    version: { kind: "latest" },
    volatile: false,
  } as const;
  const [outcome] = await provider.resolve([request], context);
  if (outcome === undefined) throw new Error("no outcome");
  return outcome;
}

/** What was found, in the clear: a text, or texts by name. */
export async function reveal(
  provider: SecretProvider,
  path: string,
): Promise<string | Record<string, string>> {
  const outcome = await read(provider, path);
  if (outcome.status !== "found") throw new Error(`${outcome.status}: ${outcome.message}`);
  const { value } = outcome;
  if (SecretValue.isInstance(value)) return value.text();
  return Object.fromEntries(Array.from(value, ([name, entry]) => [name, entry.text()]));
}

export async function failure(provider: SecretProvider, path: string): Promise<Failure> {
  const { id, ...outcome } = await read(provider, path);
  expect(id).toBe("1");
  if (outcome.status === "found") throw new Error("found");
  return outcome;
}

export async function put(
  provider: Required<SecretProvider>,
  path: string,
  value: string,
  request: Partial<PutRequest> = {},
): Promise<PutOutcome> {
  return provider.put({ path, value: SecretValue.fromText(value), ...request }, contextOf());
}

export async function pagesOf(provider: Required<SecretProvider>, query = {}): Promise<ListPage[]> {
  return Array.fromAsync(provider.list(query, contextOf()));
}

export async function pathsOf(provider: Required<SecretProvider>, query = {}): Promise<string[]> {
  return (await pagesOf(provider, query)).flatMap(({ items }) => items.map(({ path }) => path));
}

const UNPRIVILEGED = 65_534;

/**
 * Runs a module in another process and returns what it prints, as JSON. It finds `open(options)` and `context`,
 * and is not root: nothing is denied to root.
 */
export async function inProcess(script: string, ...args: string[]): Promise<unknown> {
  const entry = new URL("../dist/index.js", import.meta.url).href;
  const prelude = `
    import { file } from ${JSON.stringify(entry)};
    import { SecretValue } from ${JSON.stringify(import.meta.resolve("@sluice/core"))};
    const open = (options) => file(options).create({ store: "files", baseDirectory: "/", environment: {} });
    const context = { signal: new AbortController().signal, deadline: Date.now() + 25_000,
      identity: { kind: "self" }, trace: { id: "test" } };
    const args = process.argv.slice(1);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", prelude + script, "--", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(process.getuid?.() === 0 && { uid: UNPRIVILEGED, gid: UNPRIVILEGED }),
  });
  const [output, errors] = await Promise.all([readAll(child.stdout), readAll(child.stderr)]);
  if (errors !== "") throw new Error(errors);
  return JSON.parse(output);
}
