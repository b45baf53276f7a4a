import type { DialectProblem } from "@sluice/core/dialect";
import type { FileOwner } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";

interface SecurityContext {
  readonly runAsUser?: unknown;
  readonly runAsGroup?: unknown;
  readonly fsGroup?: unknown;
}

/**
 * Whom a container's files are for: its user by number; for root its group, since who writes them is not root; else the
 * pod's fsGroup. Never adds one.
 */
export function fileOwner(pod: Pod, container: Container): FileOwner | DialectProblem {
  const ofPod = (pod.spec["securityContext"] ?? {}) as SecurityContext;
  const own = (container["securityContext"] ?? {}) as SecurityContext;
  const user = own.runAsUser ?? ofPod.runAsUser;
  if (typeof user === "number" && user > 0) return { uid: user };
  if (user === 0) return { gid: groupOf(own.runAsGroup ?? ofPod.runAsGroup) };
  if (typeof ofPod.fsGroup === "number") return { gid: ofPod.fsGroup };
  return {
    problem: "it asks for files, and the pod does not say as which user it reads them",
    remedy: "State its user as a number (securityContext.runAsUser), or a group of the pod (fsGroup)",
  };
}

/** Root's own group, where nothing else is said. */
function groupOf(group: unknown): number {
  return typeof group === "number" ? group : 0;
}
