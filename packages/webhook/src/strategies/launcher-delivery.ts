import { type MutationContext, type MutationStrategy, withNamed } from "@sluice/core/mutation";
import { type Container, mapContainers, type Pod, type Volume } from "@sluice/core/pod";
import { probedAgents } from "./agent-containers.js";
import {
  INSTALL_CONTAINER,
  type InjectionSettings,
  LAUNCHER_FOLDER,
  LAUNCHER_VOLUME,
  type LauncherSettings,
} from "./injection-settings.js";
import { resourcesWithin } from "./quality-of-service.js";

/** Brings the launcher into the pod, and mounts it where there is a plan. */
export function launcherDelivery(): MutationStrategy<InjectionSettings> {
  return {
    name: "launcher-delivery",
    appliesTo: (context) => context.plans.size > 0 || probedAgents(context).size > 0,
    apply: (pod, context) => {
      const mounted = mountLauncher(pod, context);
      const { launcher } = context.settings;
      const { initContainers, volumes } = mounted.spec;
      return {
        ...mounted,
        spec: {
          ...mounted.spec,
          volumes: withNamed(volumes, volumeOf(launcher, volumes)),
          ...(launcher.delivery === "copy" && {
            initContainers: withInstaller(initContainers ?? [], pod, context),
          }),
        },
      };
    },
  };
}

function mountLauncher(pod: Pod, context: MutationContext<InjectionSettings>): Pod {
  const { plans } = context;
  const mount = { name: LAUNCHER_VOLUME, mountPath: LAUNCHER_FOLDER, readOnly: true };
  const agents = probedAgents(context);
  return mapContainers(pod, (container) =>
    plans.has(container.name) || agents.has(container.name)
      ? { ...container, volumeMounts: withNamed(container.volumeMounts, mount) }
      : container,
  );
}

/**
 * The installer stands before all others, for those may need the launcher themselves; once another webhook has put
 * one before it that does not, it stays where it is.
 */
function withInstaller(
  initContainers: readonly Container[],
  pod: Pod,
  { plans, settings: { launcher } }: MutationContext<InjectionSettings>,
): Container[] {
  const at = initContainers.findIndex(({ name }) => name === INSTALL_CONTAINER);
  const installer = installContainer(pod, launcher, initContainers[at]);
  if (initContainers.slice(0, Math.max(at, 0)).some(({ name }) => plans.has(name)))
    return [installer, ...initContainers.filter(({ name }) => name !== INSTALL_CONTAINER)];
  return withNamed(initContainers, installer, "first");
}

function volumeOf(
  { delivery, image, imagePullPolicy, medium }: LauncherSettings,
  volumes: readonly Volume[] = [],
): Volume {
  if (delivery === "image") {
    // What the API server filled in, such as the policy, stays.
    const before = volumes.find(({ name }) => name === LAUNCHER_VOLUME) as
      | { readonly image?: object }
      | undefined;
    return {
      name: LAUNCHER_VOLUME,
      image: { ...before?.image, reference: image, ...(imagePullPolicy && { pullPolicy: imagePullPolicy }) },
    };
  }
  return { name: LAUNCHER_VOLUME, emptyDir: { sizeLimit: "16Mi", ...(medium && { medium }) } };
}

/**
 * Satisfies Pod Security `restricted` whatever the pod around it says. Of one that is there already stays what the
 * API server and other webhooks have added, as far as it cannot change what the container does.
 */
function installContainer(
  pod: Pod,
  { image, imagePullPolicy }: LauncherSettings,
  before: Container | undefined,
): Container {
  const added = Object.entries(before ?? {}).filter(([member]) => KEPT.has(member));
  return {
    ...Object.fromEntries(added),
    name: INSTALL_CONTAINER,
    image,
    ...(imagePullPolicy && { imagePullPolicy }),
    command: ["/sluice-launch", "install", LAUNCHER_FOLDER],
    volumeMounts: withNamed(before?.volumeMounts, { name: LAUNCHER_VOLUME, mountPath: LAUNCHER_FOLDER }),
    // Measured: it runs in 16 MiB with a cold page cache (test/e2e/matrix).
    resources: resourcesWithin(pod, INSTALL_CONTAINER, {
      requests: { cpu: "10m", memory: "16Mi" },
      limits: { cpu: "100m", memory: "32Mi" },
    }),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      // The image's own user is not root; where the pod says root, its word would count more.
      ...(runsAsRoot(pod) && { runAsUser: 65_532 }),
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** Members that are filled in by the API server, or by whoever adds proxies to every container. */
const KEPT: ReadonlySet<string> = new Set([
  "env",
  "imagePullPolicy",
  "terminationMessagePath",
  "terminationMessagePolicy",
]);

function runsAsRoot({ spec }: Pod): boolean {
  const { runAsUser } = (spec["securityContext"] ?? {}) as { readonly runAsUser?: unknown };
  return runAsUser === 0;
}
