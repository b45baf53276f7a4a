import type { ImageCommand } from "@sluice/core/mutation";
import { RegistryError } from "./registry-error.js";

/** A node that an image is to run on. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

/** What a registry has under a reference. */
export type Manifest =
  | { readonly kind: "image"; readonly config: Descriptor }
  | {
      readonly kind: "index";
      readonly manifests: readonly (Descriptor & { readonly platform?: Platform })[];
    };

export interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/** Media types of manifests and indexes: OCI's, and Docker's before them. */
export const MANIFEST_TYPES: readonly string[] = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** @throws RegistryError */
export function parseManifest(text: string): Manifest {
  const { manifests, config } = objectIn(text);
  if (Array.isArray(manifests)) return { kind: "index", manifests: manifests.filter(isDescriptor) };
  if (isDescriptor(config)) return { kind: "image", config };
  throw new RegistryError("invalid", "its manifest is of no known form");
}

/**
 * The manifest for a platform; where the index has none, or the platform is not known, the first that runs
 * something: all of an image's platforms start the same command, as far as anybody builds them.
 *
 * @throws RegistryError where there is none at all
 */
export function chooseManifest(index: Extract<Manifest, { kind: "index" }>, platform: Platform): Descriptor {
  const runnable = index.manifests.filter(({ platform: its }) => its?.os !== "unknown");
  const exact = runnable.find(
    ({ platform: its }) => its?.os === platform.os && its.architecture === platform.architecture,
  );
  const chosen = exact ?? runnable.find(({ platform: its }) => its?.os === platform.os) ?? runnable[0];
  if (chosen === undefined) throw new RegistryError("invalid", "its index is empty");
  return chosen;
}

/** What an image starts, and as whom. @throws RegistryError */
export function parseImageConfig(text: string): ImageCommand {
  const { config } = objectIn(text);
  const { Entrypoint, Cmd, User } = (config ?? {}) as Readonly<Record<string, unknown>>;
  const user = typeof User === "string" && User !== "" ? { user: User } : {};
  return { entrypoint: texts(Entrypoint), cmd: texts(Cmd), ...user };
}

function texts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value;
  throw new RegistryError("invalid", "its configuration is of no known form");
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw new RegistryError("invalid", "the registry answered with something that is not JSON");
}

function isDescriptor(value: unknown): value is Descriptor {
  const { digest, size } = (value ?? {}) as { readonly digest?: unknown; readonly size?: unknown };
  return typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest) && typeof size === "number";
}
