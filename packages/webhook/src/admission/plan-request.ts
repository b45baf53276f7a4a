import { environmentNeeds, type ObjectNeed, type Scope } from "@sluice/core/dialect";
import { type Container, containersOf, type Pod } from "@sluice/core/pod";
import { GatheredObjects, wanting } from "../lookups/gather-objects.js";
import type { ContainerCommands } from "../planning/container-commands.js";
import { imageUser } from "../planning/file-owner.js";
import { type PlannedKinds, planPod, type PodPlan } from "../planning/pod-plan.js";
import { selectedContainers } from "../planning/selected-containers.js";
import type { AdmissionOptions } from "./admission-options.js";

/** A pod's plan, and the notations that were found in it. */
export interface RequestPlan extends PodPlan {
  readonly dialects: readonly string[];
}

/** A dialect sees objects that others name, but not those that these name in turn. */
const MOST_ROUNDS = 3;

/**
 * Reads what a pod asks for, and of its cluster what that takes.
 *
 * @throws LookupError
 */
export async function planRequest(
  { dialects, lookups, settings, commands }: AdmissionOptions,
  pod: Pod,
  namespace: string,
  kinds: PlannedKinds,
  signal: AbortSignal,
): Promise<RequestPlan> {
  const objects = new GatheredObjects(lookups, namespace);
  const looked = lookedAt(pod, kinds);
  for (const need of looked.flatMap(environmentNeeds)) objects.want(need);
  const readsLabels = dialects.some(({ readsNamespaceLabels }) => readsNamespaceLabels === true);
  const [namespaceLabels] = await Promise.all([
    readsLabels && looked.length > 0 ? lookups.namespaceLabels(namespace, signal) : {},
    objects.gather(signal),
  ]);
  const scope: Scope = { pod, namespace, namespaceLabels, objects };
  const found = new Set<string>();
  const asking = wanting(dialects, objects, found);
  let planned = planPod(asking, scope, settings, kinds);
  for (let round = 1; round < MOST_ROUNDS && (await objects.gather(signal)); round += 1)
    planned = planPod(asking, scope, settings, kinds);
  if (planned.unknownUsers.length > 0 && commands !== undefined) {
    const users = await imageUsers(commands, planned.unknownUsers, pod, namespace, signal);
    if (users.size > 0) planned = planPod(asking, scope, settings, kinds, users);
  }
  const missing = new Map(
    looked
      .flatMap(requiredNeeds)
      .filter((need) => objects.isMissing(need))
      .map((need) => [`${need.kind}/${need.name}`, need]),
  );
  return {
    ...planned,
    warnings: [...planned.warnings, ...Array.from(missing.values(), notThereYet)],
    dialects: Array.from(found).sort(),
  };
}

/** Users that the images of these containers name by a number; others are left to the pod's author. */
async function imageUsers(
  commands: ContainerCommands,
  names: readonly string[],
  pod: Pod,
  namespace: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const users = await Promise.all(
    Array.from(containersOf(pod), ([container]) => container)
      .filter(({ name }) => names.includes(name))
      .map(async (container) => {
        const told = await commands.commandOf(container, pod, namespace, signal);
        return [container.name, "problem" in told ? undefined : imageUser(told)] as const;
      }),
  );
  return new Map(users.flatMap(([name, user]) => (user === undefined ? [] : [[name, user]])));
}

/** Containers of interest; none of a pod that wants to be left alone, so that nothing is read for it. */
function lookedAt(pod: Pod, kinds: PlannedKinds): Container[] {
  const { isSelected } = selectedContainers(pod);
  return Array.from(containersOf(pod))
    .filter(([{ name }, kind]) => isSelected(name) && (kinds === "all" || kind === "ephemeral"))
    .map(([container]) => container);
}

/** Objects without which the container does not start. */
function requiredNeeds({ name, env = [], envFrom = [] }: Container): ObjectNeed[] {
  return environmentNeeds({
    name,
    env: env.filter(
      ({ valueFrom }) => (valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef)?.optional !== true,
    ),
    envFrom: envFrom.filter(({ configMapRef, secretRef }) => (configMapRef ?? secretRef)?.optional !== true),
  });
}

function notThereYet({ kind, name }: ObjectNeed): string {
  return `${kind} "${name}" is not there yet: references in it are found only by pods that come after it`;
}
