import { type ManifestIssue, isObject, type ManifestPath } from "@sluice/mode/manifests";
import type { ReviewedTemplate } from "./review-manifests.js";

const LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

/** What is wrong with a pod in a manifest, each at its line. */
export function issuesOfReview(reviewed: ReviewedTemplate): ManifestIssue[] {
  const { answer } = reviewed;
  if (answer.allowed) return [];
  return answer.problems.map(({ problem, remedy }) => placed(reviewed, problem, remedy));
}

/** What its author should know. */
export function warningsOfReview(reviewed: ReviewedTemplate): ManifestIssue[] {
  return reviewed.answer.warnings.map((warning) => placed(reviewed, warning.replace(/^sluice: /, ""), ""));
}

function placed({ file, document, template }: ReviewedTemplate, text: string, remedy: string): ManifestIssue {
  const path = pathOf(template.pod, text);
  return {
    file: file.file,
    ...document.position([...template.path, ...path]),
    problem: `${template.what}: ${text}`,
    remedy,
  };
}

/** Where a problem is, told by the container and the variable that it names. */
function pathOf(pod: Readonly<Record<string, unknown>>, text: string): ManifestPath {
  const container = /container "([^"]+)"/i.exec(text)?.[1];
  const variable = /variable (\S+?)[:\s]/i.exec(text)?.[1];
  const spec = isObject(pod["spec"]) ? pod["spec"] : {};
  for (const list of LISTS) {
    const entries = entriesOf(spec[list]);
    const index = entries.findIndex(({ name }) => name === container);
    if (index === -1) continue;
    const at = entriesOf(entries[index]?.["env"]).findIndex(({ name }) => name === variable);
    return ["spec", list, index, ...(at === -1 ? [] : ["env", at])];
  }
  return [];
}

function entriesOf(list: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
