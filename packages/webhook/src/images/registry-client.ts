import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { addressFault, guardedLookup, PRIVATE_NETWORKS } from "@sluice/core/address";
import { Agent, request } from "undici";
import { type Challenge, parseChallenge } from "./challenge.js";
import type { RegistryLogin } from "./docker-config.js";
import { isDigest } from "./image-reference.js";
import { MANIFEST_TYPES } from "./manifest.js";
import { RegistryError } from "./registry-error.js";

/** Which registries are spoken to how. */
export interface RegistryClientOptions {
  /** Registries that are spoken to over plain HTTP, and wherever they are: for tests and development. */
  readonly insecure?: readonly string[];
  /** PEM certificates trusted beside the well-known ones. */
  readonly ca?: string;
}

/** One repository of one registry, asked with one login. */
export interface Repository {
  readonly registry: string;
  readonly name: string;
  readonly login?: RegistryLogin;
}

/** Reads small things from registries: manifests and configurations, each checked against its digest. */
export interface RegistryClient extends AsyncDisposable {
  /** @throws RegistryError */
  manifest(
    repository: Repository,
    reference: string,
    signal: AbortSignal,
  ): Promise<{ text: string; digest: string }>;
  /** @throws RegistryError */
  blob(repository: Repository, digest: string, signal: AbortSignal): Promise<string>;
}

/** Bytes of a manifest or a configuration, at most: what container runtimes take too. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_REDIRECTS = 4;

/** A client of image registries that reads manifests and configurations, each checked against its digest. */
export function createRegistryClient({ insecure = [], ca }: RegistryClientOptions = {}): RegistryClient {
  const insecureHosts = new Set(insecure.flatMap((registry) => [registry, withoutPort(registry)]));
  // A resolver asks without a port; a registry that is named without one is so on every port.
  const isInsecure = (host: string): boolean =>
    insecureHosts.has(host) || insecure.includes(withoutPort(host));
  // An author of a pod chooses the host: not one that only this process can reach, also not by its name.
  const lookup = guardedLookup({ hosts: insecure, networks: PRIVATE_NETWORKS });
  const agent = new Agent({
    connect: { lookup: lookup as never, timeout: 5_000, ...(ca !== undefined && { ca }) },
  });

  async function get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    redirects = 0,
  ): Promise<Answered> {
    if (!isInsecure(url.host) && isBlocked(url)) throw blockedHost(url);
    const answer = await request(url, { dispatcher: agent, headers, signal }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new RegistryError("unavailable", `${url.host} does not answer (${codeOf(cause)})`);
    });
    const { location } = answer.headers;
    if (
      answer.statusCode >= 300 &&
      answer.statusCode < 400 &&
      typeof location === "string" &&
      redirects < MAX_REDIRECTS
    ) {
      await answer.body.dump();
      const next = new URL(location, url);
      if (next.protocol !== "https:" && !isInsecure(next.host)) throw blockedHost(next);
      // A login is for the registry alone, not for whoever keeps its blobs.
      const { authorization: _, ...others } = headers;
      return get(next, next.host === url.host ? headers : others, signal, redirects + 1);
    }
    return { status: answer.statusCode, headers: answer.headers, text: await readBounded(answer.body) };
  }

  async function ask(
    repository: Repository,
    path: string,
    accept: string,
    signal: AbortSignal,
  ): Promise<Answered> {
    const scheme = isInsecure(repository.registry) ? "http" : "https";
    const host = repository.registry === "docker.io" ? "registry-1.docker.io" : repository.registry;
    const url = new URL(`${scheme}://${host}/v2/${repository.name}/${path}`);
    const first = await get(url, { accept }, signal);
    if (first.status !== 401) return expectFound(first, repository);
    const challenge = parseChallenge(headerOf(first, "www-authenticate"), scheme === "http");
    const authorization = challenge && (await authorize(challenge, repository, signal));
    if (authorization === undefined) throw denied(repository);
    return expectFound(await get(url, { accept, authorization }, signal), repository);
  }

  async function authorize(
    challenge: Challenge,
    { name, login }: Repository,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
    if (challenge.scheme === "basic") return basic;
    const url = new URL(challenge.realm);
    url.searchParams.set("scope", `repository:${name}:pull`);
    if (challenge.service !== undefined) url.searchParams.set("service", challenge.service);
    const { status, text } = await get(url, basic === undefined ? {} : { authorization: basic }, signal);
    if (status !== 200) return undefined;
    const found = tokenIn(text);
    return found === undefined ? undefined : `Bearer ${found}`;
  }

  return {
    manifest: async (repository, reference, signal) => {
      const { text } = await ask(repository, `manifests/${reference}`, MANIFEST_TYPES.join(", "), signal);
      const digest = digestOf(text);
      if (isDigest(reference) && reference.startsWith("sha256:") && digest !== reference)
        throw tampered(repository);
      return { text, digest };
    },
    blob: async (repository, digest, signal) => {
      const { text } = await ask(repository, `blobs/${digest}`, "*/*", signal);
      if (digestOf(text) !== digest) throw tampered(repository);
      return text;
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function expectFound(answer: Answered, repository: Repository): Answered {
  const { status } = answer;
  if (status === 200) return answer;
  if (status === 404)
    throw new RegistryError("not-found", `${repository.registry} has no such image in ${repository.name}`);
  if (status === 401 || status === 403) throw denied(repository);
  throw new RegistryError("unavailable", `${repository.registry} answered with status ${status}`);
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_BYTES)
      throw new RegistryError("invalid", `the registry answered with more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

function headerOf({ headers }: Answered, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The token that a registry's own service gives; two specifications, two names for it. */
function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const found = token ?? access_token;
    return typeof found === "string" ? found : undefined;
  } catch {
    // Its words are not passed on: they quote.
    throw new RegistryError(
      "invalid",
      "what gives tokens for the registry answered with something that is not JSON",
    );
  }
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

/** Loopback, link-local, metadata and the like. A registry in a network of its operator is one of many. */
function isBlocked({ hostname }: URL): boolean {
  if (isIP(hostname.replace(/^\[(.*)\]$/, "$1")) === 0) return false;
  return addressFault(`https://${hostname}`, { networks: PRIVATE_NETWORKS }) !== undefined;
}

function codeOf(cause: unknown): string {
  const { code, name } = (cause ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return [code, name].find((word): word is string => typeof word === "string") ?? "no reason";
}

function denied({ registry, name, login }: Repository): RegistryError {
  return new RegistryError(
    "denied",
    `${registry} refuses ${name} ${login === undefined ? "without a login" : "with the login it was given"}`,
  );
}

function tampered({ registry, name }: Repository): RegistryError {
  return new RegistryError("invalid", `${registry} answered for ${name} with something of another digest`);
}

function blockedHost({ host }: URL): RegistryError {
  return new RegistryError("denied", `${host} is no address that a registry may have`);
}
