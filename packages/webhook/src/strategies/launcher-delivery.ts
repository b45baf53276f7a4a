import { type MutationContext, type MutationStrategy, withNamed } from "@sluice/core/mutation";
import { type Container, mapContainers, type Pod, type Volume } from "@sluice/core/pod";
import {
  INSTALL_CONTAINER,
  type InjectionSettings,
  LAUNCHER_FOLDER,
  LAUNCHER_VOLUME,
  type LauncherSettings,
} from "./injection-settings.js";

/** Brings the launcher into the pod, and mounts it where there is a plan. */
export function launcherDelivery(): MutationStrategy<InjectionSettings> {
  return {
    name: "launcher-delivery",
    appliesTo: ({ plans }) => plans.size > 0,
    apply: (pod, context) => {
      const mounted = mountLauncher(pod, context);
      const { launcher } = context.settings;
      const { initContainers, volumes } = mounted.spec;
      return {
        ...mounted,
        spec: {
          ...mounted.spec,
          volumes: withNamed(volumes, volumeOf(launcher)),
          ...(launcher.delivery === "copy" && {
            // Before all others, for those may need it themselves.
            initContainers: withNamed(initContainers, installContainer(pod, launcher), "first"),
          }),
        },
      };
    },
  };
}

function mountLauncher(pod: Pod, { plans }: MutationContext<InjectionSettings>): Pod {
  const mount = { name: LAUNCHER_VOLUME, mountPath: LAUNCHER_FOLDER, readOnly: true };
  return mapContainers(pod, (container) =>
    plans.has(container.name)
      ? { ...container, volumeMounts: withNamed(container.volumeMounts, mount) }
      : container,
  );
}

function volumeOf({ delivery, image, imagePullPolicy, medium }: LauncherSettings): Volume {
  if (delivery === "image")
    return {
      name: LAUNCHER_VOLUME,
      image: { reference: image, ...(imagePullPolicy && { pullPolicy: imagePullPolicy }) },
    };
  return { name: LAUNCHER_VOLUME, emptyDir: { sizeLimit: "16Mi", ...(medium && { medium }) } };
}

/** Satisfies Pod Security `restricted` whatever the pod around it says. */
function installContainer(pod: Pod, { image, imagePullPolicy }: LauncherSettings): Container {
  return {
    name: INSTALL_CONTAINER,
    image,
    ...(imagePullPolicy && { imagePullPolicy }),
    command: ["/sluice-launch", "install", LAUNCHER_FOLDER],
    volumeMounts: [{ name: LAUNCHER_VOLUME, mountPath: LAUNCHER_FOLDER }],
    // Measured: it runs in 16 MiB with a cold page cache (test/e2e/matrix).
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
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

function runsAsRoot({ spec }: Pod): boolean {
  const { runAsUser } = (spec["securityContext"] ?? {}) as { readonly runAsUser?: unknown };
  return runAsUser === 0;
}
