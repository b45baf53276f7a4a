import type { AgentSettings } from "./agent-settings.js";
import type { KeesImages } from "./kees-images.js";

/** What the operator decides about how pods are changed. */
export interface InjectionSettings {
  readonly source: BrokerSource;
  readonly launcher: LauncherSettings;
  /** How agents are added; without it pods that ask for files are denied. */
  readonly agent?: AgentSettings;
  /** Who writes files before a container starts; without it pods that ask for files are denied. */
  readonly writer?: WriterSettings;
  /** Whose init containers are replaced; none by default. */
  readonly kees?: KeesImages;
  /** How long a container's token lasts, in seconds; the kubelet renews it. 600 at least; 3600 by default. */
  readonly tokenSeconds?: number;
  /** How long a launcher waits for its source, in seconds; 300 by default. */
  readonly waitSeconds?: number;
  /**
   * Meshes that capture what pods send: the broker's port is kept out of it. Those that a pod shows to be in, by default;
   * none where the list is empty.
   */
  readonly mesh?: readonly Mesh[];
  /**
   * Audiences of the tokens that stores need which act as the pod, by the name that a store has in the pod's namespace. They are
   * found for each pod.
   */
  readonly audiences?: ReadonlyMap<string, string>;
}

/** A service mesh that captures by sidecars. */
export type Mesh = "istio" | "linkerd";

/** The broker as launchers reach it. */
export interface BrokerSource {
  /** `https://ADDRESS:PORT`: best the Service's cluster IP, which needs no DNS in the pod. */
  readonly address: string;
  /** Name that its certificate has. */
  readonly serverName: string;
  /** PEM certificates that its certificate descends from. */
  readonly roots: string;
}

/** How the launcher comes into pods. */
export interface LauncherSettings {
  /** Image that holds nothing but `/sluice-launch`. */
  readonly image: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  /**
   * `copy`: an init container copies it into an emptyDir. `image`: the image is mounted as a volume, which
   * clusters have from Kubernetes 1.33 on (feature ImageVolume) and which needs no init container.
   */
  readonly delivery: "copy" | "image";
  /** Medium of the emptyDir: the node's disk by default, for what is in memory counts against the pod. */
  readonly medium?: "Memory";
}

/** How files are written into pods. */
export interface WriterSettings {
  /** The image of `sluice` itself, whose entrypoint takes the command `write`. */
  readonly image: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  /** Folders below which pods may ask for files; {@link FILE_FOLDERS} by default. */
  readonly folders?: readonly string[];
  /** Room of a volume with files, as a quantity; `8Mi` by default. */
  readonly sizeLimit?: string;
}

/** Folders below which pods may ask for files where nothing else is said. */
export const FILE_FOLDERS: readonly string[] = [
  "/secrets",
  "/etc",
  "/run/secrets",
  "/var/run/secrets",
  "/opt",
  "/srv",
  "/app",
  "/vault/secrets",
];

/** Where the launcher is in a container. */
export const LAUNCHER_FOLDER = "/sluice";

/** The launcher as containers start it. */
export const LAUNCHER_PATH = "/sluice/sluice-launch";

/** Where a container's own tokens are. */
export const TOKEN_FOLDER = "/var/run/secrets/sluice";

/** The volume that holds the launcher, and the init container that puts it there. */
export const LAUNCHER_VOLUME = "sluice-launcher";
/** Name of the container that copies the launcher. */
export const INSTALL_CONTAINER = "sluice-install";

/** Where a container's environment is, if it comes from a file. */
export const ENVIRONMENT_FOLDER = "/var/run/secrets/sluice-environment";

/** What the names of the init containers that write files, and of their volumes, begin with. */
export const WRITER_PREFIX = "sluice-write-";
/** What the names of the volumes with a container's files begin with. */
export const FILES_VOLUME_PREFIX = "sluice-files-";

/** What the names of the volumes with a container's tokens begin with. */
export const TOKEN_VOLUME_PREFIX = "sluice-token-";
