import { type MutationStrategy, withNamed } from "@sluice/core/mutation";
import type { InjectionPlan } from "@sluice/core/plan";
import { mapContainers, type Volume } from "@sluice/core/pod";
import { asksBroker } from "../planning/container-plan.js";
import { hasEnvironmentFile } from "./environment-file.js";
import { shortName } from "./short-name.js";
import { type InjectionSettings, TOKEN_FOLDER, TOKEN_VOLUME_PREFIX } from "./injection-settings.js";

/** Gives each container with a plan a token that is worth nothing in any other. */
export function tokenVolumes(): MutationStrategy<InjectionSettings> {
  return {
    name: "token-volumes",
    appliesTo: ({ plans }) => plans.size > 0,
    apply: (pod, { plans: all, files, settings: { tokenSeconds = 3600 } }) => {
      const plans = new Map(
        Array.from(all).filter(([name, plan]) => asksBroker(plan) && !hasEnvironmentFile(files?.get(name))),
      );
      const mounted = mapContainers(pod, (container) => {
        if (!plans.has(container.name)) return container;
        const mount = { name: tokenVolumeName(container.name), mountPath: TOKEN_FOLDER, readOnly: true };
        return { ...container, volumeMounts: withNamed(container.volumeMounts, mount) };
      });
      const volumes = Array.from(plans.values()).reduce(
        (list, plan) => withNamed(list, tokenVolume(plan, tokenSeconds, list)),
        [...(mounted.spec.volumes ?? [])],
      );
      return { ...mounted, spec: { ...mounted.spec, volumes } };
    },
  };
}

/** A volume with the tokens that a plan names, of which `before` is what is there already. */
export function tokenVolume(
  { container, source }: Pick<InjectionPlan, "container" | "source">,
  expirationSeconds: number,
  volumes: readonly Volume[],
): Volume {
  const name = tokenVolumeName(container);
  // What the API server filled in, such as the mode, stays.
  const { projected = {} } = (volumes.find((volume) => volume.name === name) ?? {}) as {
    readonly projected?: object;
  };
  const own = { audience: `sluice/${container}`, path: "token" };
  const further = Object.entries(source?.tokens ?? {}).map(([audience, file]) => ({
    audience,
    path: file.slice(TOKEN_FOLDER.length + 1),
  }));
  return {
    name,
    projected: {
      ...projected,
      sources: [own, ...further].map((token) => ({ serviceAccountToken: { ...token, expirationSeconds } })),
    },
  };
}

/** The volume with a container's tokens. */
export function tokenVolumeName(container: string): string {
  return shortName(TOKEN_VOLUME_PREFIX, container);
}
