import type { DialectProblem } from "@sluice/core/dialect";
import { type Container, containersOf, type Pod } from "@sluice/core/pod";
import {
  AGENT_API_VOLUME,
  AGENT_FILES_VOLUME,
  AGENT_STATE_VOLUME,
  AGENT_TOKEN_VOLUME,
  SOURCE_VOLUME_PREFIX,
} from "../strategies/agent-settings.js";
import { sourceVolumeName } from "../strategies/agent-volumes.js";
import { FILES_VOLUME_PREFIX, TOKEN_VOLUME_PREFIX } from "../strategies/injection-settings.js";
import { isAgent } from "./agent-plan.js";

const AGENTS_OWN: ReadonlySet<string> = new Set([AGENT_STATE_VOLUME, AGENT_TOKEN_VOLUME, AGENT_API_VOLUME]);

/**
 * Containers that mount what is the agent's own, or the socket that is another container's: who reaches a socket is given
 * what is answered there, so it is for nobody but the two.
 */
export function keptVolumeProblems(pod: Pod): DialectProblem[] {
  return Array.from(containersOf(pod)).flatMap(([container]) =>
    isAgent(container)
      ? []
      : mounted(container, (volume) =>
          volume.startsWith(SOURCE_VOLUME_PREFIX)
            ? volume !== sourceVolumeName(container.name)
            : AGENTS_OWN.has(volume),
        ),
  );
}

/** Ephemeral containers of a pod that runs: nothing that we gave the others is theirs. */
export function debuggerProblems({ spec }: Pod): DialectProblem[] {
  // An agent's files may be in a volume of the pod's own, by the notation's word.
  const agents = [...(spec.initContainers ?? []), ...spec.containers].filter(isAgent);
  const theirs = new Set(agents.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)));
  const isKept = (volume: string): boolean =>
    AGENTS_OWN.has(volume) || theirs.has(volume) || KEPT.some((prefix) => volume.startsWith(prefix));
  return (spec.ephemeralContainers ?? []).flatMap((container) => mounted(container, isKept));
}

const KEPT = [SOURCE_VOLUME_PREFIX, TOKEN_VOLUME_PREFIX, FILES_VOLUME_PREFIX, AGENT_FILES_VOLUME];

function mounted(
  { name, volumeMounts = [] }: Container,
  isKept: (volume: string) => boolean,
): DialectProblem[] {
  return volumeMounts
    .filter(({ name: volume }) => isKept(volume))
    .map(({ name: volume }) => ({
      problem: `Container "${name}" mounts volume "${volume}", which holds what another container is given`,
      remedy: "Leave the mount out; give the container references of its own",
    }));
}
