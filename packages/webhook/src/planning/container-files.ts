import type { ContainerReading, DialectProblem } from "@sluice/core/dialect";
import {
  type FilesPlan,
  filesPlanOf,
  formatFilesPlan,
  formatPlan,
  type InjectionPlan,
  isBelow,
  type PlannedFile,
  PlanError,
} from "@sluice/core/plan";
import type { Container, Pod } from "@sluice/core/pod";
import { filesReferences } from "@sluice/files";
import { SOURCE_FOLDER } from "../strategies/agent-settings.js";
import { ENVIRONMENT_FILE } from "../strategies/environment-file.js";
import { writerPlan } from "../strategies/files-at-start.js";
import {
  ENVIRONMENT_FOLDER,
  FILE_FOLDERS,
  type InjectionSettings,
  LAUNCHER_FOLDER,
  TOKEN_FOLDER,
} from "../strategies/injection-settings.js";
import { fileOwner } from "./file-owner.js";
import { templateProblems } from "./template-problems.js";

/** What a container's files come to. */
export interface ContainerFiles {
  readonly plan?: FilesPlan;
  readonly problems: readonly DialectProblem[];
  /** Whether its image may tell whom they are for, where the pod does not. */
  readonly needsImageUser?: boolean;
}

/** What a container is to find as files: its environment too, if that comes from one. */
export interface GivenFiles extends Pick<ContainerReading, "files"> {
  readonly environment?: InjectionPlan | undefined;
}

/** Plans the files of a container. */
export function planFiles(
  pod: Pod,
  container: Container,
  { files, environment }: GivenFiles,
  settings: InjectionSettings,
  ofImage?: number,
): ContainerFiles {
  if (files.length === 0 && environment === undefined) return { problems: [] };
  if (settings.writer === undefined) return { problems: [NO_WRITER] };
  const owner = fileOwner(pod, container, ofImage);
  if ("problem" in owner) return { problems: [owner], needsImageUser: true };
  if (environment !== undefined && owner.uid === undefined)
    return { problems: [ROOTS_ENVIRONMENT], needsImageUser: true };
  const all = [...files, ...(environment === undefined ? [] : [environmentFile(environment)])];
  const plan = filesPlanOf(all.map((file): PlannedFile => ({ ...file, owner })));
  const problems = [
    ...plan.roots.flatMap((root) => rootProblems(root, settings.writer?.folders ?? FILE_FOLDERS)),
    ...mountProblems(container, plan.roots),
    ...contentProblems(container, plan, settings),
  ];
  return problems.length > 0 ? { problems } : { plan, problems };
}

/** What the launcher needs to know of its source is not of the file. */
function environmentFile({ source: _source, ...plan }: InjectionPlan): Omit<PlannedFile, "owner"> {
  return { path: ENVIRONMENT_FILE, content: { format: "environment", plan } };
}

/** A volume hides what the image has in its place, so it must be a folder of its own, below one that is meant for that. */
function rootProblems(root: string, folders: readonly string[]): DialectProblem[] {
  const isKept = [LAUNCHER_FOLDER, TOKEN_FOLDER, SOURCE_FOLDER, "/var/run/secrets/kubernetes.io"].some(
    (kept) => root === kept || isBelow(root, kept) || isBelow(kept, root),
  );
  const isAllowed =
    root === ENVIRONMENT_FOLDER ||
    folders.some((folder) => isBelow(root, folder) || (root === folder && !COMMON.has(folder)));
  if (isAllowed && !isKept) return [];
  return [
    {
      problem: `files cannot be put into ${JSON.stringify(root.slice(0, 200))}: a volume there would hide what the image has`,
      remedy: `Put them into a folder of their own below one of ${folders.join(", ")}`,
    },
  ];
}

/** Folders that images have something in. */
const COMMON: ReadonlySet<string> = new Set([
  "/etc",
  "/opt",
  "/srv",
  "/app",
  "/run/secrets",
  "/var/run/secrets",
]);

function mountProblems({ volumeMounts = [] }: Container, roots: readonly string[]): DialectProblem[] {
  return volumeMounts
    .filter(({ name }) => !name.startsWith("sluice-files-"))
    .filter(({ mountPath }) => roots.some((root) => mountPath === root || isBelow(mountPath, root)))
    .map(({ mountPath }) => ({
      problem: `it mounts something of its own at ${mountPath}, where its files are to be`,
      remedy: "Mount it elsewhere, or put the files into another folder",
    }));
}

/** What is too large is not looked at any further, and what cannot be read reads nothing. */
function contentProblems(
  { name }: Container,
  plan: FilesPlan,
  settings: InjectionSettings,
): DialectProblem[] {
  try {
    formatFilesPlan(plan);
    const malformed = templateProblems(plan.files);
    if (malformed.length > 0) return malformed;
    formatPlan(writerPlan(name, plan, settings));
    return filesReferences(plan).hasMore ? [COMPUTED] : [];
  } catch (thrown) {
    if (!PlanError.isInstance(thrown)) throw thrown;
    return [{ problem: thrown.problem, remedy: thrown.remedy }];
  }
}

const NO_WRITER: DialectProblem = {
  problem: "it asks for files, and this webhook was not told who writes them",
  remedy: "Start the webhook with --writer-image, the image of sluice itself",
};

const COMPUTED: DialectProblem = {
  problem: "a template reads what only its rendering can tell, or does more than read",
  remedy:
    "Write the paths of its secrets out in full; who may read what is decided by what stands in the pod",
};

const ROOTS_ENVIRONMENT: DialectProblem = {
  problem:
    "it wants its variables from a file, and the pod does not say that it runs as a user other than root",
  remedy: "State its user as a number (securityContext.runAsUser), or let it ask the broker",
};
