import type { DialectProblem } from "@sluice/core/dialect";
import type { Container, Pod } from "@sluice/core/pod";
import { SOURCE_ANNOTATION } from "../sluice.js";
import { annotationOf } from "./pod-annotations.js";

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

/**
 * `mutate-probes` asks that commands of probes be given the secrets. The node starts them beside the launcher, and the
 * broker answers a container's start alone; they would fail for want of what the annotation promises. An environment in a
 * file is there for them, too, and a sidecar answers them.
 */
export function probeProblems(container: Container, pod: Pod): DialectProblem[] {
  if (!mutatesProbes(pod)) return [];
  if (["file", "sidecar"].includes(pod.metadata?.annotations?.[SOURCE_ANNOTATION] ?? "")) return [];
  return PROBES.filter((probe) => isExec(container[probe])).map((probe) => ({
    problem: `Annotation mutate-probes asks that the command of its ${probe} be given secrets, and only the start of a container is`,
    remedy: `Annotate the pod ${SOURCE_ANNOTATION}: file, or sidecar, so that commands of probes find them; or take the annotation away if they need none`,
  }));
}

/** Whether commands of probes are to be given the secrets, also those that name none. */
export function mutatesProbes(pod: Pod): boolean {
  return annotationOf(pod, "mutate-probes") === "true";
}

function isExec(probe: unknown): boolean {
  return typeof probe === "object" && probe !== null && "exec" in probe && probe.exec != null;
}
