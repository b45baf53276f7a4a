import { readFile } from "node:fs/promises";
import { closestName, SluiceError } from "@sluice/core";
import type { KubernetesClient } from "@sluice/kubernetes";
import {
  createImageCommands,
  createRegistryClient,
  parseDockerConfig,
  registryCommands,
  type RegistryLoginSource,
} from "../images/index.js";
import { type ContainerCommands, statedCommandsOnly } from "../planning/container-commands.js";

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
  readonly cloudLogins?: readonly string[];
}

/** Logins to the registries of clouds, by the names that settings have for them; imported when they are wanted. */
export type CloudLogins = Readonly<Record<string, () => Promise<RegistryLoginSource>>>;

/**
 * The source of logins that a name stands for.
 *
 * @throws SluiceError `SLU1103` for one that is not there
 */
export async function loadCloudLogins(name: string, known: CloudLogins): Promise<RegistryLoginSource> {
  const load = Object.hasOwn(known, name) ? known[name] : undefined;
  if (load !== undefined) return load();
  const names = Object.keys(known);
  const closest = closestName(name, names);
  throw new SluiceError({
    code: "SLU1103",
    kind: "configuration",
    problem: `There are no cloud logins ${JSON.stringify(name)}`,
    remedy: closest === undefined ? `There are: ${names.join(", ") || "none"}` : `Did you mean ${closest}?`,
  });
}

export function imageLookups(
  client: KubernetesClient,
  settings: ImageSettings,
  loginSources: readonly RegistryLoginSource[],
): ContainerCommands {
  const { lookUp = true, mirrors, insecure, timeoutSeconds, dockerConfigFile, unreachable } = settings;
  if (!lookUp) return statedCommandsOnly;
  const images = createImageCommands({
    client: createRegistryClient({ ...(insecure && { insecure }) }),
    ...(mirrors && { mirrors }),
    ...(unreachable && { unreachable }),
    loginSources,
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
  });
  if (dockerConfigFile === undefined) return registryCommands({ images, client });
  const ownLogins = async (signal: AbortSignal) =>
    parseDockerConfig(await readFile(dockerConfigFile, { encoding: "utf8", signal }));
  return registryCommands({ images, client, ownLogins });
}
