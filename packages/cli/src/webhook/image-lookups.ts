import { readFile } from "node:fs/promises";
import type { KubernetesClient } from "@sluice/kubernetes";
import { acrLogins, ecrLogins, gcrLogins, type RegistryLoginSource } from "@sluice/registry-logins";
import { type ContainerCommands, statedCommandsOnly } from "@sluice/webhook";
import {
  createImageCommands,
  createRegistryClient,
  parseDockerConfig,
  registryCommands,
} from "@sluice/webhook/images";
import type { CLOUD_LOGINS } from "./settings-file.js";

/** How images are looked up whose containers do not say what they start. */
export interface ImageSettings {
  /** Whether registries are asked at all; `true` by default. */
  readonly lookUp?: boolean;
  /** Registries that are asked first, by the name that images have: `docker.io: [mirror.local:5000]`. */
  readonly mirrors?: Readonly<Record<string, readonly string[]>>;
  /** What becomes of pods while a registry is away: `deny` by default, or what the image started when last asked. */
  readonly unreachable?: "deny" | "last-known";
  /** Registries spoken to over plain HTTP, and wherever they are. */
  readonly insecure?: readonly string[];
  /** Time for one image; 5 by default. */
  readonly timeoutSeconds?: number;
  /** `config.json` with logins beside those that pods have; read anew for each look-up. */
  readonly dockerConfigFile?: string;
  /** Clouds whose registries are asked with the login that the webhook's own identity is given; none by default. */
  readonly cloudLogins?: readonly (typeof CLOUD_LOGINS)[number][];
}

const SOURCES: Readonly<Record<(typeof CLOUD_LOGINS)[number], () => RegistryLoginSource>> = {
  ecr: () => ecrLogins(),
  acr: () => acrLogins(),
  gcr: () => gcrLogins(),
};

export function imageLookups(client: KubernetesClient, settings: ImageSettings): ContainerCommands {
  const {
    lookUp = true,
    mirrors,
    insecure,
    timeoutSeconds,
    dockerConfigFile,
    cloudLogins,
    unreachable,
  } = settings;
  if (!lookUp) return statedCommandsOnly;
  const images = createImageCommands({
    client: createRegistryClient({ ...(insecure && { insecure }) }),
    ...(mirrors && { mirrors }),
    ...(unreachable && { unreachable }),
    ...(cloudLogins && { loginSources: cloudLogins.map((cloud) => SOURCES[cloud]()) }),
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
  });
  if (dockerConfigFile === undefined) return registryCommands({ images, client });
  const ownLogins = async (signal: AbortSignal) =>
    parseDockerConfig(await readFile(dockerConfigFile, { encoding: "utf8", signal }));
  return registryCommands({ images, client, ownLogins });
}
