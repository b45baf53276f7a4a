import type { FilesPlan } from "@sluice/core/plan";
import { ENVIRONMENT_FOLDER } from "./injection-settings.js";

/** Where the launcher of a container finds its environment, if that comes from a file. */
export const ENVIRONMENT_FILE: string = `${ENVIRONMENT_FOLDER}/answer`;

/** Whether a container's environment is one of its files. */
export function hasEnvironmentFile(files: Pick<FilesPlan, "files"> | undefined): boolean {
  return files?.files.some(({ path }) => path === ENVIRONMENT_FILE) === true;
}
