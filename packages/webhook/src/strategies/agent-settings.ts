import type { AgentResources } from "@sluice/core/dialect";

/** How agents are added to pods that ask for files. */
export interface AgentSettings {
  /** Image whose entrypoint is `sluice`. */
  readonly image: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  /**
   * Stores that agents read from, as `sluice.yaml` has them. They log in as the pod: `{role}` in a text is the role that
   * the pod names, and the pod's token is at {@link AGENT_TOKEN}.
   */
  readonly stores: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Audience of the pod's token; `vault` by default. */
  readonly audience?: string;
  /** Whether the cluster knows sidecars, as from Kubernetes 1.29 on; `true` by default. */
  readonly nativeSidecars?: boolean;
  /** What its containers ask for and may use where the pod does not say; what it needs at least is given in any case. */
  readonly resources?: Readonly<
    Partial<Record<keyof AgentResources, Readonly<Record<string, string | number>>>>
  >;
}

/** The container beside the app, and the one before it. */
export const AGENT_CONTAINER = "sluice-agent";
/** Name of the container before the app. */
export const AGENT_INIT_CONTAINER = "sluice-agent-init";

/** What agents keep for themselves, in memory. */
export const AGENT_STATE_VOLUME = "sluice-agent-state";
/** Where an agent keeps its state. */
export const AGENT_STATE_FOLDER = "/run/sluice";

/** The pod's token, for the login to a store. */
export const AGENT_TOKEN_VOLUME = "sluice-agent-token";
/** Where the pod's token for the login to a store is mounted. */
export const AGENT_TOKEN_FOLDER = "/var/run/secrets/sluice-agent";
/** The file with the pod's token for the login to a store. */
export const AGENT_TOKEN = "/var/run/secrets/sluice-agent/token";

/** The pod's account for the API server, where an agent has to see for itself that a job has ended. */
export const AGENT_API_VOLUME = "sluice-agent-api";
/** Where the pod's account for the API server is mounted. */
export const AGENT_API_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What the names of volumes with files begin with. */
export const AGENT_FILES_VOLUME = "sluice-agent-files";

/** What the names of volumes begin with in which the agent answers one container's launcher. */
export const SOURCE_VOLUME_PREFIX = "sluice-source-";

/** Where those volumes are in the agent, each in a folder of its container's name. */
export const AGENT_SOURCES_FOLDER = "/run/sluice-source";
/** Where such a volume is in its container. */
export const SOURCE_FOLDER = "/var/run/secrets/sluice-source";

/** The socket in such a volume, as its container's launcher dials it. */
export const SOURCE_SOCKET = "launch";
/** The same as the launcher's `SLUICE_SOURCE` has it. */
export const SOURCE_ADDRESS: string = `unix:${SOURCE_FOLDER}/${SOURCE_SOCKET}`;

/** What the names of the agent's variables begin with that hold the plans it answers. */
export const SOURCE_PLAN_PREFIX = "SLUICE_SOURCE_PLAN_";

/** Sizes of volumes, and what the program itself needs, in MiB: memory volumes count against who writes them. */
export const AGENT_MIB = { files: 8, state: 4, source: 1, program: 160, request: 96 } as const;
