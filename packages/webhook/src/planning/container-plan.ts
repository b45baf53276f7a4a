import type { ContainerReading, EnvironmentOrigin } from "@sluice/core/dialect";
import { type InjectionPlan, PLAN_VERSION } from "@sluice/core/plan";
import type { Container } from "@sluice/core/pod";
import { type InjectionSettings, TOKEN_FOLDER } from "../strategies/injection-settings.js";
import type { AgentPlan } from "./agent-plan.js";
import { canServe } from "./agent-sources.js";
import { handlersWithSecrets } from "./exec-warnings.js";

/** The plan of a container that takes variables, for the broker. */
export function planOf(
  { container, env, optional, remove, spread }: ContainerReading,
  { source: { serverName, roots }, waitSeconds = 300 }: InjectionSettings,
): InjectionPlan {
  return {
    version: PLAN_VERSION,
    minReader: 1,
    critical: spread.length > 0 ? ["spread"] : [],
    container,
    env,
    ...(optional.length > 0 && { optional }),
    ...(remove.length > 0 && { remove }),
    ...(spread.length > 0 && { spread }),
    source: { serverName, roots, token: `${TOKEN_FOLDER}/token`, waitSeconds },
  };
}

/** The same plan for a source in the pod itself, which asks for no token and shows no certificate. */
export function withoutBroker({ source, ...plan }: InjectionPlan): InjectionPlan {
  const { waitSeconds } = source ?? {};
  return { ...plan, source: { ...(waitSeconds !== undefined && { waitSeconds }) } };
}

/** Whether a container's launcher asks the broker, and so needs a token for it. */
export function asksBroker({ source }: InjectionPlan): boolean {
  return source?.token !== undefined;
}

/**
 * Where a container has its variables from. Where nothing is said it is the broker, but for one whose probes or hooks need a
 * variable: the broker answers starts alone, and an agent that stands in the pod anyway answers as often as it is asked.
 *
 * @param plan - `false` where its references cannot be read.
 */
export function originOf(
  container: Container,
  reading: ContainerReading,
  plan: InjectionPlan | false,
  agent: AgentPlan | undefined,
  settings: InjectionSettings,
): EnvironmentOrigin {
  if (reading.kind !== "app") return "broker";
  if (reading.environmentFrom !== undefined) return reading.environmentFrom;
  const isBeside = agent?.wants.runs.beside === true && settings.agent !== undefined;
  if (plan === false || !isBeside || handlersWithSecrets(container, reading).length === 0) return "broker";
  return canServe(plan, settings.agent) ? "sidecar" : "broker";
}
