import type { AgentWants } from "@sluice/core/dialect";
import type { PlannedFile } from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";

/** Whom files are for, where their notation does not say. */
export type FileRights = Required<Pick<PlannedFile, "mode">> & Pick<PlannedFile, "owner">;

/**
 * As whom an agent runs, and who may read what it writes. Best is the app's own user, whom alone the files are for then;
 * else a group that the pod's processes are in. Where the pod says neither, whoever is in a container that mounts the
 * volume may read, as in the systems that these notations are of.
 */
export function fileRights(
  { containers, user }: AgentWants,
  pod: Pod,
): { readonly uid?: number; readonly rights: FileRights } {
  const app = appUser(containers, pod);
  const uid = user?.uid ?? app;
  const { fsGroup } = securityOf(pod.spec);
  const rights: FileRights =
    app !== undefined && uid === app
      ? { mode: "0400" }
      : typeof fsGroup === "number"
        ? { mode: "0440", owner: { gid: fsGroup } }
        : { mode: "0444" };
  return { ...(uid !== undefined && { uid }), rights };
}

/**
 * Permissions of a socket at which an agent answers one container: for that one's own user alone where the agent runs as
 * it, else for the pod's group, else for whoever is in that container, which alone has the volume.
 */
export function socketMode(agentUser: number | undefined, container: Container, { spec }: Pod): string {
  const { runAsUser: ofPod } = securityOf(spec);
  const user = securityOf(container).runAsUser ?? ofPod;
  // An agent for which no user is stated runs as the pod's, but never as root.
  if (user !== undefined && user !== 0 && user === (agentUser ?? ofPod)) return "0600";
  return typeof securityOf(spec).fsGroup === "number" ? "0660" : "0666";
}

/** The one user of these containers, where the pod says who that is. Root is none: no agent runs as root. */
export function appUser(containers: readonly string[], { spec }: Pod): number | undefined {
  const users = spec.containers
    .filter(({ name }) => containers.includes(name))
    .map((container) => securityOf(container).runAsUser ?? securityOf(spec).runAsUser);
  const [first] = users;
  return typeof first === "number" && first !== 0 && users.every((each) => each === first)
    ? first
    : undefined;
}

function securityOf(part: Container | Pod["spec"]): {
  readonly runAsUser?: unknown;
  readonly fsGroup?: unknown;
} {
  return part["securityContext"] ?? {};
}
