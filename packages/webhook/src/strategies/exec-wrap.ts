import type { ImageCommand, MutationStrategy } from "@sluice/core/mutation";
import { withNamed } from "@sluice/core/mutation";
import { formatPlan, PLAN_VARIABLE, SOURCE_VARIABLE } from "@sluice/core/plan";
import { type Container, mapContainers } from "@sluice/core/pod";
import { type InjectionSettings, LAUNCHER_PATH } from "./injection-settings.js";

const PREFIX = [LAUNCHER_PATH, "exec", "--"];

/** Lets the launcher stand before the command of each container that has a plan, and gives it the plan. */
export function execWrap(): MutationStrategy<InjectionSettings> {
  return {
    name: "exec-wrap",
    appliesTo: ({ plans }) => plans.size > 0,
    apply: (pod, { plans, imageCommands, settings }) =>
      mapContainers(pod, (container) => {
        const plan = plans.get(container.name);
        if (plan === undefined) return container;
        const env = withNamed(container.env, { name: PLAN_VARIABLE, value: formatPlan(plan) });
        return {
          ...wrapped(container, imageCommands.get(container.name)),
          env: withNamed(env, { name: SOURCE_VARIABLE, value: settings.source.address }),
        };
      }),
  };
}

/**
 * As Kubernetes joins them: a command replaces the image's ENTRYPOINT and its CMD, arguments alone only CMD. A
 * command that is wrapped already is wrapped once.
 */
function wrapped(container: Container, image: ImageCommand | undefined): Container {
  const own = unwrapped(container.command);
  const command = own ?? image?.entrypoint ?? [];
  const args = own === undefined ? (container.args ?? image?.cmd) : container.args;
  return { ...container, command: [...PREFIX, ...command], ...(args !== undefined && { args }) };
}

/** A container's command without the launcher before it; `undefined` where it has none of its own. */
export function unwrapped(command: readonly string[] | undefined): readonly string[] | undefined {
  if (command === undefined || command.length === 0) return undefined;
  return PREFIX.every((part, index) => command[index] === part) ? command.slice(PREFIX.length) : command;
}
