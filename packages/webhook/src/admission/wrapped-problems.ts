import type { DialectProblem } from "@sluice/core/dialect";
import {
  FILES_VARIABLE,
  type FilesPlan,
  type InjectionPlan,
  parseFilesPlan,
  parsePlan,
  PLAN_VARIABLE,
  PlanError,
  SOURCE_VARIABLE,
} from "@sluice/core/plan";
import { type Container, containersOf, type Pod } from "@sluice/core/pod";
import { isDeepStrictEqual } from "node:util";
import type { PodPlan } from "../planning/pod-plan.js";
import { SOURCE_ADDRESS, SOURCE_FOLDER } from "../strategies/agent-settings.js";
import { sourceVolumeName } from "../strategies/agent-volumes.js";
import { writerName } from "../strategies/files-at-start.js";
import { isWrapped, localSource } from "../strategies/exec-wrap.js";
import { LAUNCHER_FOLDER, TOKEN_FOLDER } from "../strategies/injection-settings.js";

/**
 * Containers that hold references and would start with them as they are written, or without the files that they ask for.
 * Nothing is believed but what will be started: an annotation says nothing. How the source is reached may differ, as while
 * webhooks are replaced.
 */
export function wrappedProblems(
  pod: Pod,
  { plans, files, agent }: Pick<PodPlan, "plans" | "files" | "agent">,
): DialectProblem[] {
  return Array.from(containersOf(pod)).flatMap(([container]) => {
    const plan = plans.get(container.name);
    const wanted = files.get(container.name);
    const gap =
      (plan === undefined
        ? undefined
        : gapOf(pod, container, plan, localSource(container.name, files, agent))) ??
      (wanted === undefined ? undefined : filesGapOf(pod, container, wanted));
    if (gap === undefined) return [];
    return [
      {
        problem: `Container "${container.name}" holds references that nothing would fill: ${gap}`,
        remedy:
          'Create the pod where the mutating webhook is called for it, or turn injection off with the annotation sluice.dev/inject: "false"',
      },
    ];
  });
}

function gapOf(
  pod: Pod,
  container: Container,
  plan: InjectionPlan,
  local: string | undefined,
): string | undefined {
  const { env = [], volumeMounts = [] } = container;
  if (!isWrapped(container)) return "its command does not stand behind the launcher";
  const source = env.findLast(({ name }) => name === SOURCE_VARIABLE)?.value ?? "";
  if (source === "") return "it names no source";
  if (local !== undefined && source !== local)
    return `its source is not ${local === SOURCE_ADDRESS ? "the pod's agent" : "the file that is written for it"}`;
  for (const folder of [LAUNCHER_FOLDER, ...(local === undefined ? [TOKEN_FOLDER] : [])])
    if (!volumeMounts.some(({ mountPath }) => mountPath === folder)) return `nothing is mounted at ${folder}`;
  if (local === SOURCE_ADDRESS && !hasOwnSocket(pod, container))
    return `its agent's socket is not mounted at ${SOURCE_FOLDER}, from memory and read-only`;
  const written = env.findLast(({ name }) => name === PLAN_VARIABLE)?.value;
  return written !== undefined && isSamePlan(written, plan)
    ? undefined
    : "its plan is not that of its references";
}

/** Whether a container sees the agent's socket in the volume that is its own. */
function hasOwnSocket({ spec }: Pod, { name, volumeMounts = [] }: Container): boolean {
  const own = sourceVolumeName(name);
  const mount = volumeMounts.find(({ mountPath }) => mountPath === SOURCE_FOLDER);
  const volume = spec.volumes?.find((each) => each.name === own)?.["emptyDir"] as
    | { readonly medium?: unknown }
    | undefined;
  return mount?.name === own && mount.readOnly === true && volume?.medium === "Memory";
}

/** What keeps a container's files from being written, and from being seen by it. */
function filesGapOf(pod: Pod, container: Container, wanted: FilesPlan): string | undefined {
  const before = (pod.spec.initContainers ?? []).map(({ name }) => name);
  const writer = pod.spec.initContainers?.find(({ name }) => name === writerName(container.name));
  if (writer === undefined || writer.restartPolicy !== undefined) return "no init container writes its files";
  if (before.includes(container.name) && before.indexOf(writer.name) > before.indexOf(container.name))
    return "the init container that writes its files comes after it";
  const { env = [], volumeMounts = [], command = [], args = [] } = writer;
  if (command.length > 0 || args[0] !== "write")
    return "the init container for its files does something else";
  const written = env.findLast(({ name }) => name === FILES_VARIABLE)?.value;
  if (written === undefined || !isSameFiles(written, wanted))
    return "what is written is not what it asks for";
  for (const root of wanted.roots) {
    const at = (mounts: typeof volumeMounts) => mounts.find(({ mountPath }) => mountPath === root)?.name;
    if (at(volumeMounts) === undefined || at(volumeMounts) !== at(container.volumeMounts ?? []))
      return `its files are not mounted at ${root}`;
  }
  return undefined;
}

function isSameFiles(text: string, wanted: FilesPlan): boolean {
  try {
    return isDeepStrictEqual(parseFilesPlan(text), JSON.parse(JSON.stringify(wanted)));
  } catch (thrown) {
    if (PlanError.isInstance(thrown)) return false;
    throw thrown;
  }
}

function isSamePlan(text: string, plan: InjectionPlan): boolean {
  try {
    const { container, env, optional, remove, spread } = parsePlan(text);
    return isDeepStrictEqual(
      [container, { ...env }, optional ?? [], remove ?? [], spread ?? []],
      [plan.container, { ...plan.env }, plan.optional ?? [], plan.remove ?? [], plan.spread ?? []],
    );
  } catch (thrown) {
    if (PlanError.isInstance(thrown)) return false;
    throw thrown;
  }
}
