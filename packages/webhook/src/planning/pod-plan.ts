import {
  type ContainerReading,
  type Dialect,
  type DialectProblem,
  readContainer,
  type Scope,
} from "@sluice/core/dialect";
import type { FilesPlan, InjectionPlan } from "@sluice/core/plan";
import { type Container, type ContainerKind, containersOf, type Pod } from "@sluice/core/pod";
import { writerName } from "../strategies/files-at-start.js";
import {
  INSTALL_CONTAINER,
  type InjectionSettings,
  WRITER_PREFIX,
} from "../strategies/injection-settings.js";
import { type AgentPlan, isAgent, planAgent } from "./agent-plan.js";
import { withSources } from "./agent-sources.js";
import { argumentProblems } from "./argument-problems.js";
import { statedCommandProblems } from "./container-commands.js";
import { planFiles } from "./container-files.js";
import { originOf, planOf, withoutBroker } from "./container-plan.js";
import { debuggerProblems } from "./kept-volumes.js";
import { execWarnings } from "./exec-warnings.js";
import { limitProblem } from "./limit-problem.js";
import { podProblems, podWarnings } from "./pod-problems.js";
import { selectedContainers } from "./selected-containers.js";

/** What a pod is to be given, or why it cannot. */
export interface PodPlan {
  readonly plans: ReadonlyMap<string, InjectionPlan>;
  /** Files by the container that is given them. */
  readonly files: ReadonlyMap<string, FilesPlan>;
  /** What an agent beside its containers is to do. */
  readonly agent?: AgentPlan;
  /** Containers whose images may tell whom their files are for, so that fewer problems are left. */
  readonly unknownUsers: readonly string[];
  readonly problems: readonly DialectProblem[];
  /** What its author should know, though it can be done. */
  readonly warnings: readonly string[];
}

/** Which containers of a pod are planned: all, or only those that are added to one that runs. */
export type PlannedKinds = "all" | "ephemeral";

/** Reads what every container of a pod asks for. Pure; the objects it needs are in the scope. */
export function planPod(
  dialects: readonly Dialect[],
  scope: Scope,
  settings: InjectionSettings,
  kinds: PlannedKinds = "all",
  imageUsers: ReadonlyMap<string, number> = new Map(),
): PodPlan {
  const { pod } = scope;
  const active = dialects.filter((dialect) => dialect.appliesTo(pod, scope));
  const { isSelected, problems: annotations } = selectedContainers(pod);
  const names = new Set(Array.from(containersOf(pod), ([{ name }]) => name));
  const problems: DialectProblem[] =
    kinds === "all" ? [...annotations, ...statedCommandProblems(pod, names)] : [];
  const { agent, problems: asked } =
    kinds === "all" ? planAgent(active, pod, settings.agent) : { agent: undefined, problems: [] };
  problems.push(...asked);
  const plans = new Map<string, InjectionPlan>();
  const served = new Map<string, InjectionPlan>();
  const everyHandler = new Set<string>();
  const files = new Map<string, FilesPlan>();
  const unknownUsers: string[] = [];
  const warnings: string[] = [];
  for (const [container, kind] of agentsLast(pod)) {
    if (!isPlanned(container, kind, kinds) || !isSelected(container.name)) continue;
    if ((agent !== undefined || served.size > 0) && isAgent(container)) continue;
    if ((kind === "init" || kind === "sidecar") && isWriter(container, active, scope)) continue;
    const reading = readContainer(container, kind, active, scope);
    const faults = containerProblems(container, reading);
    problems.push(...inContainer(reading, faults));
    const takesVariables = Object.keys(reading.env).length > 0 || reading.spread.length > 0;
    if (!takesVariables && reading.files.length === 0) continue;
    if (plans.size + files.size >= MOST_PLANNED) {
      problems.push(TOO_MANY);
      break;
    }
    const asking = takesVariables ? planOf(reading, settings) : undefined;
    const tooLarge = asking === undefined ? undefined : limitProblem(asking);
    // What is denied anyway may hold references that cannot be read.
    const canBeRead = faults.length === 0 && tooLarge === undefined;
    const origin =
      asking === undefined ? "broker" : originOf(container, reading, canBeRead && asking, agent, settings);
    const plan = asking !== undefined && origin === "sidecar" ? withoutBroker(asking) : asking;
    if (origin === "broker") warnings.push(...execWarnings(container, reading));
    if (tooLarge !== undefined) problems.push(tooLarge);
    else if (plan !== undefined) {
      plans.set(container.name, plan);
      if (origin === "sidecar" && canBeRead) served.set(container.name, plan);
      if (reading.everyHandler === true) everyHandler.add(container.name);
    }
    const given = { files: reading.files, ...(origin === "file" && { environment: plan }) };
    const planned = planFiles(pod, container, given, settings, imageUsers.get(container.name));
    if (planned.needsImageUser === true) unknownUsers.push(container.name);
    problems.push(...inContainer(reading, planned.problems));
    if (planned.plan !== undefined) files.set(container.name, planned.plan);
  }
  if (kinds === "ephemeral")
    return { plans, files, unknownUsers, problems: [...problems, ...debuggerProblems(pod)], warnings };
  // What is denied anyway has no agent that could serve.
  const { agent: serving, problems: unserved } =
    asked.length > 0 ? { problems: [] } : withSources(agent, served, pod, settings.agent, everyHandler);
  problems.push(...unserved);
  if (plans.size + files.size === 0 && serving === undefined)
    return { plans, files, unknownUsers, problems, warnings };
  return {
    plans,
    files,
    unknownUsers,
    ...(serving !== undefined && { agent: serving }),
    problems: [...podProblems(pod, new Set(plans.keys()), new Set(files.keys())), ...problems],
    warnings: [...podWarnings(pod), ...warnings],
  };
}

/** Containers that look like our agent come last: whether they are is known when all others were read. */
function agentsLast(pod: Pod): (readonly [Container, ContainerKind])[] {
  const all = Array.from(containersOf(pod));
  return [...all.filter(([each]) => !isAgent(each)), ...all.filter(([each]) => isAgent(each))];
}

function isPlanned({ name }: Container, kind: ContainerKind, kinds: PlannedKinds): boolean {
  if (kinds === "ephemeral") return kind === "ephemeral";
  return name !== INSTALL_CONTAINER || kind !== "init";
}

/** Whether an init container is the one that the webhook writes for another container's files, and will write again. */
function isWriter({ name }: Container, dialects: readonly Dialect[], scope: Scope): boolean {
  if (!name.startsWith(WRITER_PREFIX)) return false;
  const [reader, kind] =
    Array.from(containersOf(scope.pod)).find(
      ([container, of]) => of !== "ephemeral" && writerName(container.name) === name,
    ) ?? [];
  if (reader === undefined || kind === undefined || !selectedContainers(scope.pod).isSelected(reader.name))
    return false;
  const { files, environmentFrom } = readContainer(reader, kind, dialects, scope);
  return files.length > 0 || environmentFrom === "file";
}

function containerProblems(container: Container, reading: ContainerReading): DialectProblem[] {
  const isEphemeral =
    reading.kind === "ephemeral" && (Object.keys(reading.env).length > 0 || reading.spread.length > 0);
  return [
    ...reading.problems,
    ...argumentProblems(container, reading),
    ...Object.keys(reading.env)
      .filter((name) => name.startsWith("SLUICE_"))
      .map(launcherVariable),
    ...(isEphemeral ? [EPHEMERAL] : []),
  ];
}

function inContainer({ container }: ContainerReading, problems: readonly DialectProblem[]): DialectProblem[] {
  return problems.map(({ problem, remedy }) => ({ problem: `Container "${container}": ${problem}`, remedy }));
}

function launcherVariable(name: string): DialectProblem {
  return {
    problem: `variable ${name} holds a reference, and names that begin with SLUICE_ are the launcher's own`,
    remedy: "Give the variable another name",
  };
}

/** More than any pod has, and little enough to be planned at once. */
const MOST_PLANNED = 256;

const TOO_MANY: DialectProblem = {
  problem: `More than ${MOST_PLANNED} containers of the pod ask for secrets`,
  remedy: "Make several pods of it",
};

const EPHEMERAL: DialectProblem = {
  problem:
    "it is an ephemeral container and asks for secrets, and a pod that exists is given no token for it",
  remedy: "Debug a copy of the pod (kubectl debug --copy-to), or leave the references out",
};
