import { isAbsolute, relative, sep } from "node:path";
import { badPath } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";

/** Names that begin with two dots are not secrets: Kubernetes keeps its `..data` among them, and so do we. */
export function isReserved(name: string): boolean {
  return name.startsWith("..");
}

/**
 * The parts of a secret's path in a directory.
 *
 * @throws {Refusal} for an absolute path, for empty parts, `.`, and names that begin with two dots.
 */
export function pathParts(path: string): readonly string[] {
  const parts = path.split("/");
  for (const part of parts) {
    if (part === "" || part === ".") throw new Refusal(badPath("a part of it is empty"));
    if (isReserved(part)) throw new Refusal(badPath("a part of it begins with two dots"));
    if (part.includes("\0")) throw new Refusal(badPath("it has a NUL character"));
    // Other separators, drives and alternate streams.
    if (process.platform === "win32" && /[\\:]/.test(part))
      throw new Refusal(badPath("it has a backslash or a colon"));
  }
  return parts;
}

/** Whether a path is `root` or below it; both absolute and without links. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
