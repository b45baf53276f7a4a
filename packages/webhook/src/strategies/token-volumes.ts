import { createHash } from "node:crypto";
import { type MutationStrategy, withNamed } from "@sluice/core/mutation";
import type { InjectionPlan } from "@sluice/core/plan";
import { mapContainers, type Volume } from "@sluice/core/pod";
import { type InjectionSettings, TOKEN_FOLDER, TOKEN_VOLUME_PREFIX } from "./injection-settings.js";

const MAX_NAME = 63;

/** Gives each container with a plan a token that is worth nothing in any other. */
export function tokenVolumes(): MutationStrategy<InjectionSettings> {
  return {
    name: "token-volumes",
    appliesTo: ({ plans }) => plans.size > 0,
    apply: (pod, { plans, settings: { tokenSeconds = 3600 } }) => {
      const mounted = mapContainers(pod, (container) => {
        if (!plans.has(container.name)) return container;
        const mount = { name: volumeName(container.name), mountPath: TOKEN_FOLDER, readOnly: true };
        return { ...container, volumeMounts: withNamed(container.volumeMounts, mount) };
      });
      const volumes = Array.from(plans.values()).reduce(
        (list, plan) => withNamed(list, volumeOf(plan, tokenSeconds, list)),
        [...(mounted.spec.volumes ?? [])],
      );
      return { ...mounted, spec: { ...mounted.spec, volumes } };
    },
  };
}

function volumeOf(
  { container, source }: InjectionPlan,
  expirationSeconds: number,
  volumes: readonly Volume[],
): Volume {
  const name = volumeName(container);
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

function volumeName(container: string): string {
  const name = `${TOKEN_VOLUME_PREFIX}${container}`;
  if (name.length <= MAX_NAME) return name;
  const digest = createHash("sha256").update(container).digest("hex").slice(0, 8);
  return `${name.slice(0, MAX_NAME - 9)}-${digest}`;
}

/** Where the token of an audience is, in a container. */
export function tokenFile(audience: string): string {
  return `${TOKEN_FOLDER}/tokens/${createHash("sha256").update(audience).digest("hex").slice(0, 16)}`;
}
