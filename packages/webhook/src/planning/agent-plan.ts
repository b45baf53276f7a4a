import type { AgentFile, AgentWants, Dialect, DialectProblem } from "@sluice/core/dialect";
import {
  FILES_VERSION,
  type FilesPlan,
  formatFilesPlan,
  type InjectionPlan,
  isBelow,
  type PlannedFile,
  PlanError,
  STORES_VARIABLE,
} from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import {
  AGENT_CONTAINER,
  AGENT_FILES_VOLUME,
  AGENT_INIT_CONTAINER,
  AGENT_SOURCES_FOLDER,
  AGENT_TOKEN_FOLDER,
  type AgentSettings,
  SOURCE_FOLDER,
} from "../strategies/agent-settings.js";
import { agentStores } from "./agent-stores.js";
import { type FileRights, fileRights } from "./file-rights.js";
import { templateProblems } from "./template-problems.js";

/** What an agent in a pod is to do. */
export interface AgentPlan {
  readonly wants: AgentWants;
  /** Absent where it writes no file. */
  readonly files?: FilesPlan;
  /** Configuration of the stores it reads from. */
  readonly stores: Readonly<Record<string, unknown>>;
  /** As whom it runs, where that is known. */
  readonly uid?: number;
  /** Containers whose launchers it answers, each at a socket that no other container sees. */
  readonly sources: readonly AgentSource[];
}

/** A container whose variables an agent has. */
interface AgentSource {
  readonly container: string;
  readonly plan: InjectionPlan;
  /** Permissions of its socket, in octal digits. */
  readonly mode: string;
  /** Whether every command of its probes and hooks asks, and not only one that names a variable. */
  readonly everyHandler: boolean;
}

/** What a pod asks an agent for, by the first notation that does, or why it cannot be given. */
export function planAgent(
  dialects: readonly Dialect[],
  pod: Pod,
  settings: AgentSettings | undefined,
): { readonly agent?: AgentPlan; readonly problems: readonly DialectProblem[] } {
  const asking = withoutAgent(pod);
  const readings = dialects.map((dialect) => ({ name: dialect.name, reading: dialect.readAgent?.(asking) }));
  const problems = readings.flatMap(({ reading }) => reading?.problems ?? []);
  const [first, second] = readings.flatMap(({ name, reading }) =>
    reading?.wanted === undefined ? [] : [{ name, wants: reading.wanted }],
  );
  if (problems.length > 0 || first === undefined) return { problems };
  if (second !== undefined) return { problems: [twoNotations(first.name, second.name)] };
  if (settings === undefined) return { problems: [NO_AGENT] };
  return makePlan(first.wants, pod, settings);
}

/** Whether a container is the agent that was added to a pod. */
export function isAgent({ name, env = [] }: Container): boolean {
  return (
    (name === AGENT_CONTAINER || name === AGENT_INIT_CONTAINER) &&
    env.some((variable) => variable.name === STORES_VARIABLE)
  );
}

/** The pod as its author wrote it: what was added to it is no container of the app. */
function withoutAgent(pod: Pod): Pod {
  const containers = pod.spec.containers.filter((container) => !isAgent(container));
  return containers.length === pod.spec.containers.length
    ? pod
    : { ...pod, spec: { ...pod.spec, containers } };
}

function makePlan(
  wants: AgentWants,
  pod: Pod,
  settings: AgentSettings,
): { readonly agent?: AgentPlan; readonly problems: readonly DialectProblem[] } {
  const known = agentStores(wants, settings);
  const { uid, rights } = fileRights(wants, pod);
  const plan = wants.files.length === 0 ? undefined : filesPlan(wants, rights);
  const problems = [
    ...("problem" in known ? [known] : []),
    ...(plan === undefined ? [] : contentProblems(plan)),
    ...(wants.gateway !== undefined && pod.spec["hostNetwork"] === true ? [NODES_GATEWAY] : []),
    ...mountProblems(wants, pod),
  ];
  if (problems.length > 0 || "problem" in known) return { problems };
  const { stores } = known;
  return {
    agent: {
      wants,
      stores,
      sources: [],
      ...(plan !== undefined && { files: plan }),
      ...(uid !== undefined && { uid }),
    },
    problems,
  };
}

function filesPlan({ files, store }: AgentWants, rights: FileRights): FilesPlan {
  const planned = files.map((file) => plannedFile(file, store, rights));
  return {
    version: FILES_VERSION,
    minReader: 1,
    critical: planned.some(({ notify }) => notify !== undefined) ? ["notify"] : [],
    roots: foldersOf(files),
    files: planned,
  };
}

/** Folders of files, each of which is a volume. */
export function foldersOf(files: readonly AgentFile[]): string[] {
  return Array.from(new Set(files.map(({ folder }) => folder)));
}

function plannedFile(
  { folder, path, template, missingKey, delimiters, mode, notify }: AgentFile,
  store: string,
  rights: FileRights,
): PlannedFile {
  return {
    path: `${folder}/${path}`,
    content: { format: "go-template", template, store, missingKey, ...(delimiters && { delimiters }) },
    ...rights,
    ...(mode !== undefined && { mode: mode.toString(8).padStart(4, "0") }),
    ...(notify.length > 0 && { notify }),
  };
}

/** What is too large is not looked at any further. */
function contentProblems(plan: FilesPlan): DialectProblem[] {
  try {
    formatFilesPlan(plan);
    return templateProblems(plan.files);
  } catch (thrown) {
    if (!PlanError.isInstance(thrown)) throw thrown;
    return [{ problem: thrown.problem, remedy: thrown.remedy }];
  }
}

/** Places of files where a container has something else, and a volume of the pod's own that keeps them on a disk. */
function mountProblems({ files, containers, volume }: AgentWants, { spec }: Pod): DialectProblem[] {
  const folders = foldersOf(files);
  const taken = spec.containers.flatMap(({ name, volumeMounts = [] }) =>
    volumeMounts
      .filter(
        (mount) =>
          containers.includes(name) &&
          folders.includes(mount.mountPath) &&
          mount.name !== volume &&
          !mount.name.startsWith(AGENT_FILES_VOLUME),
      )
      .map(({ mountPath }) => ({
        problem: `Container "${name}" mounts something of its own at ${mountPath}, where its secrets are to be`,
        remedy: "Mount it elsewhere, or have the secrets written elsewhere",
      })),
  );
  taken.push(...folders.flatMap(folderProblem));
  const own = spec.volumes?.find(({ name }) => name === volume);
  const medium = (own?.["emptyDir"] as { readonly medium?: unknown } | undefined)?.medium;
  if (own === undefined || medium === "Memory") return taken;
  return [
    ...taken,
    {
      problem: `Volume "${volume}" is to hold secrets, and is not in memory`,
      remedy: "Leave it out, or make it emptyDir with medium: Memory",
    },
  ];
}

/** A volume hides what the agent's image, or any image, has in its place. */
function folderProblem(folder: string): DialectProblem[] {
  if (!KEPT.some((kept) => kept === folder || isBelow(kept, folder) || isBelow(folder, kept))) return [];
  return [
    {
      problem: `Secrets cannot be written into ${JSON.stringify(folder.slice(0, 200))}: a volume there would hide what a container needs`,
      remedy: "Have them written into a folder of their own, such as /vault/secrets",
    },
  ];
}

/** What images have, and what is mounted by the node or by us. */
const KEPT = [
  "/bin",
  "/dev",
  "/lib",
  "/lib64",
  "/opt/sluice",
  "/proc",
  "/run/sluice",
  AGENT_SOURCES_FOLDER,
  SOURCE_FOLDER,
  "/sbin",
  "/sluice",
  "/sys",
  "/usr",
  AGENT_TOKEN_FOLDER,
  "/var/run/secrets/kubernetes.io",
];

function twoNotations(first: string, second: string): DialectProblem {
  return {
    problem: `The pod asks for an agent in two notations, ${first} and ${second}`,
    remedy: "Keep the annotations of one of them",
  };
}

export const NO_AGENT: DialectProblem = {
  problem: "The pod asks for files, or for an agent beside it, which this webhook is not set up to add",
  remedy:
    "Let those who run Sluice set agent in the webhook's settings, or write the secrets as variables that come from the broker",
};

const NODES_GATEWAY: DialectProblem = {
  problem:
    "The pod asks for a gateway on 127.0.0.1 and has the node's network, where every program of the node would reach it",
  remedy: "Leave hostNetwork out, or the mode proxy and agent-cache-enable",
};
