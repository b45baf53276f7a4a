import { createHash } from "node:crypto";
import type { DialectProblem } from "@sluice/core/dialect";
import type { ImageCommand } from "@sluice/core/mutation";
import type { Pod } from "@sluice/core/pod";
import { LRUCache } from "lru-cache";
import { loginsFor, type RegistryLogin, type RegistryLogins } from "./docker-config.js";
import { type ImageReference, isDigest, parseImageReference } from "./image-reference.js";
import { chooseManifest, parseImageConfig, parseManifest } from "./manifest.js";
import { platformOf } from "./platform-of.js";
import type { RegistryClient, Repository } from "./registry-client.js";
import { RegistryError } from "./registry-error.js";
import type { RegistryLoginSource } from "./registry-login-source.js";

/** Where what images start is looked up. */
export interface ImageCommandsOptions {
  readonly client: RegistryClient;
  /** Registries that are asked before the one an image names, by its name: `docker.io` → `mirror.local:5000`. */
  readonly mirrors?: Readonly<Record<string, readonly string[]>>;
  /** Asked for a login where none of the pod's opens the image; none by default. */
  readonly loginSources?: readonly RegistryLoginSource[];
  /** Time for one image with all its tries, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number;
  /** Images remembered; 2,000 by default. */
  readonly maxImages?: number;
  /** How long a tag is taken to name what it named, in milliseconds; 60,000 by default. */
  readonly tagTtlMs?: number;
  /**
   * Where a registry is away: refuse (`deny`, the default), or take a tag to name what it named when it was last asked
   * for with the same logins (`last-known`), however long ago.
   */
  readonly unreachable?: "deny" | "last-known";
}

/** Tells what images start. */
export interface ImageCommands {
  /**
   * ENTRYPOINT and CMD of an image, as a pod with these logins may know them.
   *
   * @throws RegistryError that says what to tell the pod's author
   */
  commandOf(
    image: string,
    pod: Pod,
    logins: readonly RegistryLogins[],
    signal: AbortSignal,
  ): Promise<ImageCommand>;
}

/**
 * Reads them from registries, and remembers them by digest and login: a pod that may not pull an image learns
 * nothing of it, though another that may has asked before.
 */
export function createImageCommands(options: ImageCommandsOptions): ImageCommands {
  const { client, mirrors = {}, loginSources = [], timeoutMs = 5_000 } = options;
  const { maxImages = 2_000, tagTtlMs = 60_000, unreachable = "deny" } = options;
  const commands = new LRUCache<string, ImageCommand>({ max: maxImages });
  const tags = new LRUCache<string, string>({ max: maxImages, ttl: tagTtlMs });
  const last =
    unreachable === "last-known" ? new LRUCache<string, ImageCommand>({ max: maxImages }) : undefined;

  async function read(
    repository: Repository,
    reference: string,
    pod: Pod,
    signal: AbortSignal,
  ): Promise<ImageCommand> {
    const platform = platformOf(pod);
    const place = `${repository.registry}/${repository.name} ${platform.os}/${platform.architecture} ${loginKey(repository.login)}`;
    const known = isDigest(reference) ? reference : tags.get(`${place} ${reference}`);
    const remembered = known === undefined ? undefined : commands.get(`${place} ${known}`);
    if (remembered !== undefined) return remembered;

    const top = await client.manifest(repository, reference, signal);
    const manifest = parseManifest(top.text);
    const image =
      manifest.kind === "image"
        ? manifest
        : parseManifest(
            (await client.manifest(repository, chooseManifest(manifest, platform).digest, signal)).text,
          );
    if (image.kind !== "image") throw new RegistryError("invalid", "its index holds another index");
    const command = parseImageConfig(await client.blob(repository, image.config.digest, signal));
    commands.set(`${place} ${top.digest}`, command);
    if (!isDigest(reference)) tags.set(`${place} ${reference}`, top.digest);
    return command;
  }

  /** The logins to try at a registry, the last of them none. What a source cannot give is added to `missed`. */
  async function* loginsInTurn(
    { registry, repository }: Pick<ImageReference, "registry" | "repository">,
    logins: readonly RegistryLogins[],
    missed: DialectProblem[],
    signal: AbortSignal,
  ): AsyncGenerator<RegistryLogin | undefined, void, undefined> {
    yield* loginsFor(logins, registry, repository);
    for (const source of loginSources) {
      const login = await source.loginFor(registry, signal);
      if (login !== undefined && "problem" in login) missed.push(login);
      else if (login !== undefined) yield login;
    }
    yield undefined;
  }

  /** Every place and login until one answers: the last word of a registry is what is told. */
  async function readAnywhere(
    image: ImageReference,
    pod: Pod,
    logins: readonly RegistryLogins[],
    signal: AbortSignal,
  ): Promise<ImageCommand> {
    const { registry, repository: name, reference } = image;
    const missed: DialectProblem[] = [];
    let refusal: RegistryError | undefined;
    for (const host of [...(mirrors[registry] ?? []), registry]) {
      const place = { registry: host, repository: name };
      for await (const login of loginsInTurn(place, logins, missed, signal)) {
        const repository: Repository = { registry: host, name, ...(login && { login }) };
        try {
          return await read(repository, reference, pod, signal);
        } catch (thrown) {
          if (!(thrown instanceof RegistryError)) throw thrown;
          refusal = thrown;
          // Another login does not help where the registry is away.
          if (thrown.kind !== "denied" && thrown.kind !== "not-found") break;
        }
      }
    }
    throw withMissed(refusal ?? new RegistryError("unavailable", "no registry was asked"), missed);
  }

  return {
    commandOf: async (text, pod, logins, signal) => {
      const image = parseImageReference(text);
      if (image === undefined) throw new RegistryError("invalid", "its name is not that of an image");
      const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const key = last && lastKey(text, pod, logins);
      try {
        const command = await readAnywhere(image, pod, logins, within);
        if (key !== undefined) last?.set(key, command);
        return command;
      } catch (thrown) {
        signal.throwIfAborted();
        const refusal = within.aborted ? overdue(image, timeoutMs) : thrown;
        const isAway = refusal instanceof RegistryError && refusal.kind === "unavailable";
        const known = isAway && key !== undefined ? last?.get(key) : undefined;
        if (known !== undefined) return known;
        throw refusal;
      }
    },
  };
}

function overdue({ registry }: ImageReference, timeoutMs: number): RegistryError {
  return new RegistryError("unavailable", `${registry} did not answer within ${timeoutMs / 1000} seconds`);
}

/** The same for pods that would be told the same: of this image, for this platform, with these logins. */
function lastKey(image: string, pod: Pod, logins: readonly RegistryLogins[]): string {
  const own = logins.map(({ pattern, login }) => `${pattern} ${loginKey(login)}`).sort();
  const { os, architecture } = platformOf(pod);
  return createHash("sha256")
    .update(JSON.stringify([image, os, architecture, own]))
    .digest("base64url");
}

/** A refusal with why there was no login that might have helped. */
function withMissed(refusal: RegistryError, missed: readonly DialectProblem[]): RegistryError {
  if (missed.length === 0 || refusal.kind === "invalid") return refusal;
  const told = missed.map(({ problem, remedy }) => `${problem}. ${remedy}`);
  return new RegistryError(refusal.kind, [refusal.message, ...told].join("; "));
}

function loginKey(login: RegistryLogin | undefined): string {
  if (login === undefined) return "";
  return createHash("sha256").update(`${login.username}\0${login.password}`).digest("base64url");
}
