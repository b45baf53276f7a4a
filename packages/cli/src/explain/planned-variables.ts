import { formatReference } from "@sluice/core";
import {
  FILES_VARIABLE,
  parseFilesPlan,
  parsePlan,
  PLAN_VARIABLE,
  type PlannedText,
} from "@sluice/core/plan";
import { fileReferences } from "@sluice/files";
import { isObject, type ManifestPath } from "@sluice/mode/manifests";

/** A variable that a container is given when it starts, or a file that an init container writes. */
export interface PlannedVariable {
  readonly container: string;
  /** Its name, or the file's path. */
  readonly variable: string;
  /** A template of references, or the references of a file; `$(NAME)` where the launcher puts a variable of the container's own. */
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
  const files = valueIn(container, FILES_VARIABLE);
  if (files !== undefined) return filesOf(container, files);
  const text = valueIn(container, PLAN_VARIABLE);
  if (text === undefined) return [];
  const plan = parsePlan(text);
  const named = Object.entries(plan.env).map(([variable, planned]) => ({ variable, from: textOf(planned) }));
  const spread = (plan.spread ?? []).map(({ from }) => ({ variable: "(each field)", from }));
  return [...named, ...spread].map((row) => ({ container: plan.container, ...row }));
}

/** What a writer reads stands in its plan for files; its own plan names the same, in Base64. */
function filesOf(container: unknown, text: string): PlannedVariable[] {
  return parseFilesPlan(text).files.map((file) => {
    const { certain, possible } = fileReferences(file);
    const references = Array.from(new Set([...certain, ...possible].map(formatReference)));
    return {
      container: String(memberOf(container, "name")),
      variable: file.path,
      from: references.join(" "),
    };
  });
}

function valueIn(container: unknown, variable: string): string | undefined {
  const env = memberOf(container, "env");
  const entry: unknown = Array.isArray(env)
    ? env.find((each) => memberOf(each, "name") === variable)
    : undefined;
  const value = memberOf(entry, "value");
  return typeof value === "string" ? value : undefined;
}

function textOf(planned: PlannedText): string {
  if (typeof planned === "string") return planned;
  return planned.map((part) => (typeof part === "string" ? part : `$(${part.var})`)).join("");
}

function memberOf(value: unknown, name: string | number): unknown {
  if (Array.isArray(value)) return value[Number(name)];
  return isObject(value) ? value[name] : undefined;
}
