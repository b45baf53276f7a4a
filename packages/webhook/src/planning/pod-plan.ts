import {
  type ContainerReading,
  type Dialect,
  type DialectProblem,
  readContainer,
  type Scope,
} from "@sluice/core/dialect";
import { formatPlan, type InjectionPlan, PLAN_VERSION, PlanError } from "@sluice/core/plan";
import { containersOf } from "@sluice/core/pod";
import { INSTALL_CONTAINER, type InjectionSettings, TOKEN_FOLDER } from "../strategies/injection-settings.js";
import { argumentProblems } from "./argument-problems.js";
import { selectedContainers } from "./selected-containers.js";

/** What a pod is to be given, or why it cannot. */
export interface PodPlan {
  readonly plans: ReadonlyMap<string, InjectionPlan>;
  readonly problems: readonly DialectProblem[];
}

/** Reads what every container of a pod asks for. Pure; the objects it needs are in the scope. */
export function planPod(dialects: readonly Dialect[], scope: Scope, settings: InjectionSettings): PodPlan {
  const active = dialects.filter((dialect) => dialect.appliesTo(scope.pod, scope));
  const { isSelected, problems: annotations } = selectedContainers(scope.pod);
  const plans = new Map<string, InjectionPlan>();
  const problems: DialectProblem[] = [...annotations];
  for (const [container, kind] of containersOf(scope.pod)) {
    if (container.name === INSTALL_CONTAINER || !isSelected(container.name)) continue;
    const reading = readContainer(container, kind, active, scope);
    problems.push(...inContainer(reading, reading.problems));
    if (Object.keys(reading.env).length === 0) continue;
    problems.push(...inContainer(reading, argumentProblems(container, reading)));
    if (kind === "ephemeral") problems.push(ephemeral(container.name));
    const plan = planOf(reading, settings);
    const tooLarge = limitProblem(plan);
    if (tooLarge === undefined) plans.set(container.name, plan);
    else problems.push(tooLarge);
  }
  return { plans, problems };
}

function planOf(
  { container, env, optional, remove }: ContainerReading,
  settings: InjectionSettings,
): InjectionPlan {
  const { serverName, roots } = settings.source;
  return {
    version: PLAN_VERSION,
    minReader: 1,
    critical: [],
    container,
    env,
    ...(optional.length > 0 && { optional }),
    ...(remove.length > 0 && { remove }),
    source: { serverName, roots, token: `${TOKEN_FOLDER}/token`, waitSeconds: settings.waitSeconds ?? 300 },
  };
}

function limitProblem(plan: InjectionPlan): DialectProblem | undefined {
  try {
    formatPlan(plan);
    return undefined;
  } catch (thrown) {
    if (!PlanError.isInstance(thrown)) throw thrown;
    return { problem: thrown.problem, remedy: thrown.remedy };
  }
}

function inContainer({ container }: ContainerReading, problems: readonly DialectProblem[]): DialectProblem[] {
  return problems.map(({ problem, remedy }) => ({ problem: `Container "${container}": ${problem}`, remedy }));
}

function ephemeral(container: string): DialectProblem {
  return {
    problem: `Ephemeral container "${container}" asks for secrets, and a pod that exists cannot be given a token for it`,
    remedy: "Debug a copy of the pod (kubectl debug --copy-to), or leave the references out",
  };
}
