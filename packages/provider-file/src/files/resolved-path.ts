import { realpath } from "node:fs/promises";
import { isMissing } from "../failure/failure-of.js";

/** The path with its links followed; the path itself where nothing is. */
export async function resolvedPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}
