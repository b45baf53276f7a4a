import { type MutationContext, type MutationStrategy, withNamed } from "@sluice/core/mutation";
import {
  FILES_VARIABLE,
  type FilesPlan,
  formatFilesPlan,
  formatPlan,
  type InjectionPlan,
  PLAN_VARIABLE,
  SOURCE_VARIABLE,
} from "@sluice/core/plan";
import { type Container, mapContainers, type Pod, type Volume, type VolumeMount } from "@sluice/core/pod";
import { planOfReferences } from "@sluice/files";
import {
  FILES_VOLUME_PREFIX,
  type InjectionSettings,
  TOKEN_FOLDER,
  WRITER_PREFIX,
  type WriterSettings,
} from "./injection-settings.js";
import { mebibytes } from "./mebibytes.js";
import { resourcesWithin } from "./quality-of-service.js";
import { shortName } from "./short-name.js";
import { tokenVolume, tokenVolumeName } from "./token-volumes.js";
import { withTokens } from "./with-tokens.js";

/**
 * Lets an init container write the files of each container that is given some: one for each, with a token and volumes that
 * no other container sees, as the user that reads them.
 */
export function filesAtStart(): MutationStrategy<InjectionSettings> {
  return {
    name: "files-at-start",
    appliesTo: ({ files = NONE }) => files.size > 0,
    apply: (pod, { files = NONE, settings }) =>
      Array.from(files).reduceRight(
        (changed, [container, plan]) => withWriter(changed, container, plan, settings),
        pod,
      ),
  };
}

const NONE: NonNullable<MutationContext["files"]> = new Map();

/** The init container that writes a container's files. */
export function writerName(container: string): string {
  return shortName(WRITER_PREFIX, container);
}

/** The volume of a root of a container's files. */
export function filesVolumeName(container: string, index: number): string {
  return shortName(FILES_VOLUME_PREFIX, `${container}-${index}`);
}

/** The plan of a writer's own variables: what it may read, and where it asks. */
export function writerPlan(
  container: string,
  files: FilesPlan,
  { source: { serverName, roots }, waitSeconds = 300, audiences }: InjectionSettings,
): InjectionPlan {
  const plan = {
    ...planOfReferences(files, writerName(container)),
    source: { serverName, roots, token: `${TOKEN_FOLDER}/token`, waitSeconds },
  };
  return withTokens(plan, audiences);
}

function withWriter(pod: Pod, container: string, files: FilesPlan, settings: InjectionSettings): Pod {
  const { writer, tokenSeconds = 3600 } = settings;
  if (writer === undefined) return pod;
  const plan = writerPlan(container, files, settings);
  const { initContainers = [], volumes = [] } = pod.spec;
  const before = initContainers.find(({ name }) => name === plan.container);
  const made = writerContainer(pod, plan, files, container, { ...settings, writer }, before);
  const withFiles = files.roots.reduce(
    (list, _, index) => withNamed(list, filesVolume(filesVolumeName(container, index), writer)),
    withNamed(volumes, tokenVolume(plan, tokenSeconds, volumes)),
  );
  const mounts = mountsOf(container, files).map((mount) => ({ ...mount, readOnly: true }));
  const mounted = mapContainers(pod, (each, kind) =>
    each.name === container && kind !== "ephemeral"
      ? { ...each, volumeMounts: mounts.reduce(withMount, each.volumeMounts ?? []) }
      : each,
  );
  return {
    ...mounted,
    spec: {
      ...mounted.spec,
      volumes: withFiles,
      initContainers: withNamed(mounted.spec.initContainers, made, "first"),
    },
  };
}

function mountsOf(container: string, { roots }: FilesPlan): VolumeMount[] {
  return roots.map((mountPath, index) => ({ name: filesVolumeName(container, index), mountPath }));
}

function withMount(mounts: readonly VolumeMount[], mount: VolumeMount): readonly VolumeMount[] {
  return withNamed(mounts, mount);
}

/** In memory: what is on a node's disk outlives the pod. */
function filesVolume(name: string, writer: WriterSettings): Volume {
  return { name, emptyDir: { medium: "Memory", sizeLimit: sizeOf(writer) } };
}

function sizeOf({ sizeLimit = "8Mi" }: WriterSettings): string {
  return sizeLimit;
}

/** What the program may take, in MiB, in which it runs in test/e2e/files; memory volumes are counted against it as well. */
const PROGRAM_MIB = 184;

/** Satisfies Pod Security `restricted` whatever the pod around it says. What others have added stays, as far as it is harmless. */
function writerContainer(
  pod: Pod,
  plan: InjectionPlan,
  files: FilesPlan,
  container: string,
  { writer, source }: InjectionSettings & { readonly writer: WriterSettings },
  before: Container | undefined,
): Container {
  const added = Object.entries(before ?? {}).filter(([member]) => KEPT.has(member));
  const mounts = [
    ...mountsOf(container, files),
    { name: tokenVolumeName(plan.container), mountPath: TOKEN_FOLDER, readOnly: true },
  ];
  return {
    ...Object.fromEntries(added),
    name: plan.container,
    image: writer.image,
    ...(writer.imagePullPolicy && { imagePullPolicy: writer.imagePullPolicy }),
    args: ["write", ...files.roots.flatMap((root) => ["--allow", root])],
    env: [
      { name: FILES_VARIABLE, value: formatFilesPlan(files) },
      { name: PLAN_VARIABLE, value: formatPlan(plan) },
      { name: SOURCE_VARIABLE, value: source.address },
    ],
    volumeMounts: mounts.reduce(withMount, before?.volumeMounts ?? []),
    resources: resourcesWithin(pod, plan.container, {
      requests: { cpu: "50m", memory: "64Mi" },
      limits: {
        cpu: "1",
        memory: `${PROGRAM_MIB + files.roots.length * (mebibytes(sizeOf(writer)) ?? 0)}Mi`,
      },
    }),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      ...runAs(pod, files),
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** The user of the image, which is nobody in particular. */
const WRITER_USER = 65_532;

/** As the user that reads the files, or in its group. */
function runAs(
  pod: Pod,
  { files }: FilesPlan,
): { readonly runAsUser?: number; readonly runAsGroup?: number } {
  const { uid, gid } = files[0]?.owner ?? {};
  if (uid !== undefined) return { runAsUser: uid };
  const { fsGroup } = (pod.spec["securityContext"] ?? {}) as { readonly fsGroup?: unknown };
  // A pod's fsGroup is a group of every container already.
  return gid === undefined || gid === fsGroup
    ? { runAsUser: WRITER_USER }
    : { runAsUser: WRITER_USER, runAsGroup: gid };
}

/** Members that are filled in by the API server. */
const KEPT: ReadonlySet<string> = new Set([
  "imagePullPolicy",
  "terminationMessagePath",
  "terminationMessagePolicy",
]);
