import type { DialectProblem } from "@sluice/core/dialect";
import type { ImageCommand } from "@sluice/core/mutation";
import type { FileOwner } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";

interface SecurityContext {
  readonly runAsUser?: unknown;
  readonly runAsGroup?: unknown;
  readonly fsGroup?: unknown;
}

/** The user that an image names by a number, 0 where it names none; nothing where it is a name that only the image knows. */
export function imageUser({ user = "0" }: Pick<ImageCommand, "user">): number | undefined {
  const [, number] = /^(\d{1,9})(?::.*)?$/.exec(user === "root" ? "0" : user) ?? [];
  return number === undefined ? undefined : Number(number);
}

/**
 * Whom a container's files are for: its user by number; for root its group, since who writes them is not root; else the
 * pod's fsGroup. Never adds one.
 *
 * @param ofImage - The user that its image names, where that was looked up.
 */
export function fileOwner(pod: Pod, container: Container, ofImage?: number): FileOwner | DialectProblem {
  const ofPod = (pod.spec["securityContext"] ?? {}) as SecurityContext;
  const own = (container["securityContext"] ?? {}) as SecurityContext;
  const user = own.runAsUser ?? ofPod.runAsUser ?? ofImage;
  if (typeof user === "number" && user > 0) return { uid: user };
  if (user === 0) return { gid: groupOf(own.runAsGroup ?? ofPod.runAsGroup) };
  if (typeof ofPod.fsGroup === "number") return { gid: ofPod.fsGroup };
  return {
    problem:
      "it asks for files, and neither the pod nor the image says by a number as which user it reads them",
    remedy: "State its user as a number (securityContext.runAsUser), or a group of the pod (fsGroup)",
  };
}

/** Root's own group, where nothing else is said. */
function groupOf(group: unknown): number {
  return typeof group === "number" ? group : 0;
}
