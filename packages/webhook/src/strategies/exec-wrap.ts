import type { ImageCommand, MutationStrategy } from "@sluice/core/mutation";
import { withNamed, withoutNamed } from "@sluice/core/mutation";
import {
  type FilesPlan,
  formatPlan,
  type InjectionPlan,
  PLAN_VARIABLE,
  SOURCE_VARIABLE,
} from "@sluice/core/plan";
import { type Container, containersOf, mapContainers, type Pod } from "@sluice/core/pod";
import type { AgentPlan } from "../planning/agent-plan.js";
import { mapExecCommands } from "../planning/exec-handlers.js";
import { handlersWithSecrets } from "../planning/exec-warnings.js";
import { selectedContainers } from "../planning/selected-containers.js";
import type { AgentContext } from "./agent-containers.js";
import { SOURCE_ADDRESS } from "./agent-settings.js";
import { ENVIRONMENT_FILE, hasEnvironmentFile } from "./environment-file.js";
import { type InjectionSettings, LAUNCHER_PATH } from "./injection-settings.js";

const PREFIX = [LAUNCHER_PATH, "exec", "--"];

const OWN_VARIABLES: ReadonlySet<string> = new Set([PLAN_VARIABLE, SOURCE_VARIABLE]);

/**
 * Lets the launcher stand before the command of each container that has a plan, and gives it the plan. From one
 * that has none any more, as in a copy of a pod whose references are gone, it is taken away.
 */
export function execWrap(): MutationStrategy<InjectionSettings> {
  return {
    name: "exec-wrap",
    appliesTo: ({ plans, pod }) => plans.size > 0 || hasRemains(pod),
    apply: (pod, { plans, files, imageCommands, settings, agent }: AgentContext) => {
      const { isSelected } = selectedContainers(pod);
      return mapContainers(pod, (container, kind) => {
        const plan = plans.get(container.name);
        // A pod that exists is never changed, so ephemeral containers are left to be refused.
        if (plan === undefined)
          return kind !== "ephemeral" && isSelected(container.name) ? withoutRemains(container) : container;
        const env = withNamed(container.env, { name: PLAN_VARIABLE, value: formatPlan(plan) });
        const address = localSource(container.name, files, agent);
        return {
          ...wrapped(
            withHandlers(container, isAsking(container, plan, address, agent)),
            imageCommands.get(container.name),
          ),
          env: withNamed(env, { name: SOURCE_VARIABLE, value: address ?? settings.source.address }),
        };
      });
    },
  };
}

/** Where a container's launcher finds its environment in the pod itself; nowhere if it asks the broker. */
export function localSource(
  container: string,
  files: ReadonlyMap<string, FilesPlan> | undefined,
  agent: AgentPlan | undefined,
): string | undefined {
  if (hasEnvironmentFile(files?.get(container))) return `file:${ENVIRONMENT_FILE}`;
  return agent?.sources.some((source) => source.container === container) === true
    ? SOURCE_ADDRESS
    : undefined;
}

/** Whether a container stands behind the launcher. */
export function isWrapped({ command = [] }: Container): boolean {
  return PREFIX.every((part, index) => command[index] === part);
}

function hasRemains(pod: Pod): boolean {
  return Array.from(containersOf(pod)).some(([container]) => isRemnant(container));
}

function isRemnant(container: Container): boolean {
  return isWrapped(container) && (container.env ?? []).some(({ name }) => OWN_VARIABLES.has(name));
}

function withoutRemains(container: Container): Container {
  if (!isRemnant(container)) return container;
  const { command, env, ...rest } = withHandlers(container, () => false);
  const own = command?.slice(PREFIX.length) ?? [];
  return { ...rest, ...(own.length > 0 && { command: own }), env: withoutNamed(env, OWN_VARIABLES) };
}

/**
 * Which probes and hooks stand behind the launcher. The broker answers the start of a container alone; a file can be read as
 * often as the node likes. An agent reads from stores for each run, so it is asked for those that use a variable: by its name,
 * or perhaps, where the names are not known or a notation says so. A launcher that stands there stays.
 */
function isAsking(
  container: Container,
  plan: InjectionPlan,
  address: string | undefined,
  agent: AgentPlan | undefined,
): (what: string, hasLauncher: boolean) => boolean {
  if (address !== SOURCE_ADDRESS) return () => address !== undefined;
  const source = agent?.sources.find((each) => each.container === container.name);
  if (source?.everyHandler === true || (plan.spread ?? []).length > 0) return () => true;
  const using = new Set(handlersWithSecrets(container, plan).map(([what]) => what));
  return (what, hasLauncher) => hasLauncher || using.has(what);
}

/** Commands of probes and hooks behind the launcher, or not any more. */
function withHandlers(
  container: Container,
  isBehind: (what: string, hasLauncher: boolean) => boolean,
): Container {
  return mapExecCommands(container, (command, what) => {
    const hasLauncher = isWrapped({ name: "", command });
    const behindLauncher = isBehind(what, hasLauncher);
    if (hasLauncher === behindLauncher) return command;
    return behindLauncher ? [...PREFIX, ...command] : command.slice(PREFIX.length);
  });
}

/**
 * As Kubernetes joins them: a command replaces the image's ENTRYPOINT and its CMD, arguments alone only CMD. A
 * command that is wrapped already is wrapped once. The kubelet expands what stands in a pod, and not what stands in an
 * image.
 */
function wrapped(container: Container, image: ImageCommand | undefined): Container {
  const own = unwrapped(container.command);
  const command = own ?? image?.entrypoint.map(unexpanded) ?? [];
  const hasArgs = (container.args ?? []).length > 0;
  const args = own === undefined && !hasArgs ? image?.cmd.map(unexpanded) : container.args;
  return {
    ...container,
    command: [...PREFIX, ...command],
    ...(args !== undefined && args.length > 0 && { args }),
  };
}

/** A text that the kubelet makes this one of, whatever it looks like. */
function unexpanded(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** A container's command without the launcher before it; `undefined` where it has none of its own. */
export function unwrapped(command: readonly string[] | undefined): readonly string[] | undefined {
  if (command === undefined || command.length === 0) return undefined;
  return isWrapped({ name: "", command }) ? command.slice(PREFIX.length) : command;
}
