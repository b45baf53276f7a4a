import type { DialectProblem } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import type { VsiSettings } from "./vsi-settings.js";

/** What the notation does not have together, as its own injector says. */
export function combinationProblems(
  { prefix, modes, auth, isStatic, isEnvironment, hasHook }: VsiSettings,
  { spec: { containers } }: Pod,
): DialectProblem[] {
  const problems: DialectProblem[] = [];
  if (containers.length === 0)
    problems.push({ problem: "The pod has no container", remedy: "Give it one that reads the secrets" });
  if (modes.has("secrets")) {
    if (auth === "approle" && isStatic)
      problems.push({
        problem: `Annotation ${prefix}/auth is "approle", which static secrets are not read with`,
        remedy: `Leave it out, or set ${prefix}/secrets-type: dynamic`,
      });
    if (isEnvironment && !isStatic)
      problems.push({
        problem: `Annotation ${prefix}/secrets-injection-method is "env", and variables of a process that runs cannot be kept fresh`,
        remedy: `Set ${prefix}/secrets-type: static, or read the secrets from files`,
      });
  }
  if (!modes.has("job")) return problems;
  if (hasHook)
    problems.push({
      problem: `Annotation ${prefix}/secrets-hook is not for jobs`,
      remedy: "Leave it out: the files are there before the job's container starts",
    });
  if (containers.length > 1)
    problems.push({
      problem: `The pod is a job and has ${containers.length} containers, so which one ends it is not said`,
      remedy: "Leave the mode job out: an agent that is a native sidecar ends with the last container",
    });
  return problems;
}
