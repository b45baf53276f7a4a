import { isBelow } from "./check-files-plan.js";
import { FILES_VERSION, type FilesPlan, type PlannedFile } from "./files-plan.js";

/**
 * The plan of these files, with the folders that they are in as its roots: of two of which one is in the other, the outer.
 * Whether it can be carried out is not looked at.
 */
export function filesPlanOf(files: readonly PlannedFile[]): FilesPlan {
  const folders = new Set(files.map(folderOf));
  const roots = Array.from(folders).filter(
    (folder) => !Array.from(folders).some((outer) => isBelow(folder, outer)),
  );
  return { version: FILES_VERSION, minReader: 1, critical: [], roots, files };
}

function folderOf({ path, content }: PlannedFile): string {
  return content.format === "directory" ? path : path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}
