import { PlanError } from "../errors/plan-error.js";
import type { FilesPlan, PlannedContent, PlannedFile } from "./files-plan.js";

/**
 * What a schema cannot say of a plan for files: that its paths are plain, below its roots, and not in each other's way.
 *
 * @throws PlanError that names every path at fault.
 */
export function checkFilesPlan({ roots, files }: Pick<FilesPlan, "roots" | "files">): void {
  const faults = [
    ...roots.flatMap((root) => pathFault(root)),
    ...files.flatMap(({ path }) => pathFault(path)),
    ...overlaps(roots).map(([outer, inner]) => `the folder ${shown(inner)} is in ${shown(outer)}`),
    ...overlaps(files.map(({ path }) => path)).map(([outer, inner]) =>
      outer === inner ? `${shown(inner)} is there twice` : `${shown(outer)} is a folder of ${shown(inner)}`,
    ),
    ...files
      .filter(({ path, content }) => !roots.some((root) => isIn(path, root, content.format)))
      .map(({ path }) => `${shown(path)} is in none of the plan's folders`),
  ];
  if (faults.length > 0)
    throw new PlanError(
      `The files cannot be written so: ${faults.slice(0, 8).join("; ")}`,
      "Give each file an absolute path of its own",
    );
}

/**
 * Refuses folders that the writer was not given leave to write.
 *
 * @param allowed - Folders whose folders may be written, and which may be written themselves.
 * @throws PlanError
 */
export function refuseRoots({ roots }: Pick<FilesPlan, "roots">, allowed: readonly string[]): void {
  const refused = roots.filter((root) => !allowed.some((folder) => root === folder || isBelow(root, folder)));
  if (refused.length > 0)
    throw new PlanError(
      `Files must not be written into ${refused.slice(0, 8).map(shown).join(", ")}`,
      `Allowed are ${allowed.map(shown).join(", ") || "no folders"}; allow more, or write there`,
    );
}

/**
 * The root that a file is below.
 *
 * @throws PlanError when there is none.
 */
export function rootOf({ roots }: Pick<FilesPlan, "roots">, { path }: Pick<PlannedFile, "path">): string {
  const root = roots.find((each) => isBelow(path, each));
  if (root === undefined)
    throw new PlanError(`${shown(path)} is in none of the plan's folders`, "Name its folder among them");
  return root;
}

/** Whether a path is inside a folder, and not the folder itself. */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** A directory may be the root itself. */
function isIn(path: string, root: string, format: PlannedContent["format"]): boolean {
  return isBelow(path, root) || (format === "directory" && path === root);
}

function pathFault(path: string): string[] {
  if (!path.startsWith("/")) return [`${shown(path)} is not absolute`];
  const segments = path.slice(1).split("/");
  if (segments.includes("")) return [`${shown(path)} has an empty segment`];
  // Two dots in front are the writer's own: the folders that it exchanges.
  if (segments.some((segment) => segment === "." || segment.startsWith("..")))
    return [`${shown(path)} has a segment "." or one that begins with ".."`];
  if (segments.some((segment) => Buffer.byteLength(segment) > 255))
    return [`${shown(path)} has a segment of more than 255 bytes`];
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(path)) return [`${shown(path)} has a control character`];
  return [];
}

/** Pairs of which the second is the first, or inside it. */
function overlaps(paths: readonly string[]): (readonly [outer: string, inner: string])[] {
  const sorted = paths.toSorted((a, b) => (`${a}/` < `${b}/` ? -1 : 1));
  return sorted.slice(1).flatMap((inner, index) => {
    const outer = sorted[index] ?? "";
    return inner === outer || isBelow(inner, outer) ? [[outer, inner] as const] : [];
  });
}

function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}
