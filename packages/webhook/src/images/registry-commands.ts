import type { DialectProblem } from "@sluice/core/dialect";
import type { KubernetesClient } from "@sluice/kubernetes";
import { COMMAND_ANNOTATION, type ContainerCommands } from "../planning/container-commands.js";
import type { RegistryLogins } from "./docker-config.js";
import type { ImageCommands } from "./image-commands.js";
import { pullLogins } from "./pull-logins.js";
import { RegistryError } from "./registry-error.js";

/** Where what images start is looked up, and with which logins. */
export interface RegistryCommandsOptions {
  readonly images: ImageCommands;
  readonly client: KubernetesClient;
  /** Logins of the operator's own, for images that no Secret of the pod opens. */
  readonly ownLogins?: (signal: AbortSignal) => Promise<readonly RegistryLogins[]>;
}

/** Tells what a container starts by asking the registry of its image, with every login that the pod has. */
export function registryCommands({ images, client, ownLogins }: RegistryCommandsOptions): ContainerCommands {
  return {
    commandOf: async ({ name, image }, pod, namespace, signal) => {
      if (image === undefined || image === "") return unknown(name, "the container names no image");
      try {
        const [own = [], theirs] = await Promise.all([
          ownLogins?.(signal),
          pullLogins(client, pod, namespace, signal),
        ]);
        const command = await images.commandOf(image, pod, [...theirs, ...own], signal);
        const nothing = command.entrypoint.length === 0 && command.cmd.length === 0;
        return nothing ? unknown(name, `image ${image} starts nothing by itself`) : command;
      } catch (thrown) {
        if (thrown instanceof RegistryError) return unknown(name, `of image ${image}: ${thrown.message}`);
        throw thrown;
      }
    },
  };
}

function unknown(container: string, why: string): DialectProblem {
  return {
    problem: `Container "${container}" has no command, and what it starts cannot be told: ${why}`,
    remedy: `State its command in the pod, or as a JSON list in the annotation ${COMMAND_ANNOTATION}${container}`,
  };
}
