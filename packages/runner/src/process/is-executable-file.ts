import { accessSync, constants, statSync } from "node:fs";

/** Whether `file` is a regular file that this user may execute. A file system mounted noexec has none. */
export function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
