import { parsePlan, PLAN_VARIABLE, type PlannedText } from "@sluice/core/plan";
import { isObject, type ManifestPath } from "../manifests/pod-templates.js";

/** A variable that a container is given when it starts. */
export interface PlannedVariable {
  readonly container: string;
  readonly variable: string;
  /** A template of references; `$(NAME)` where the launcher puts a variable of the container's own. */
  readonly from: string;
}

/** What the plans in a pod, as the webhook has made it, give its containers. */
export function plannedVariables(manifest: unknown, path: ManifestPath): PlannedVariable[] {
  const pod = path.reduce<unknown>(memberOf, manifest);
  const spec = memberOf(pod, "spec");
  return ["initContainers", "containers"].flatMap((list) => {
    const containers = memberOf(spec, list);
    return Array.isArray(containers) ? containers.flatMap(variablesOf) : [];
  });
}

function variablesOf(container: unknown): PlannedVariable[] {
  const env = memberOf(container, "env");
  const text = Array.isArray(env)
    ? memberOf(
        env.find((entry) => memberOf(entry, "name") === PLAN_VARIABLE),
        "value",
      )
    : undefined;
  if (typeof text !== "string") return [];
  const plan = parsePlan(text);
  const named = Object.entries(plan.env).map(([variable, planned]) => ({ variable, from: textOf(planned) }));
  const spread = (plan.spread ?? []).map(({ from }) => ({ variable: "(each field)", from }));
  return [...named, ...spread].map((row) => ({ container: plan.container, ...row }));
}

function textOf(planned: PlannedText): string {
  if (typeof planned === "string") return planned;
  return planned.map((part) => (typeof part === "string" ? part : `$(${part.var})`)).join("");
}

function memberOf(value: unknown, name: string | number): unknown {
  if (Array.isArray(value)) return value[Number(name)];
  return isObject(value) ? value[name] : undefined;
}
