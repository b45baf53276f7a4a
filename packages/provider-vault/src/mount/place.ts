import { type EngineParameters, parametersIn } from "./engine-parameters.js";
import { isKeyValue, type Mount, pathBelow } from "./mount.js";
import type { MountTable } from "./mount-table.js";
import { checkPath, pathFault } from "./secret-path.js";

/** Where a path leads. */
export interface Place {
  readonly mount: Mount;
  /** Path below the mount. */
  readonly below: string;
  /** What the engine is handed there; without, it is only read. */
  readonly parameters?: EngineParameters;
}

/**
 * Finds where a path leads. In a key-value engine a `?` is part of the secret's name; in any other it begins what
 * the engine is handed. Rejects with a `Refusal`.
 */
export async function placeOf(mounts: MountTable, path: string, signal: AbortSignal): Promise<Place> {
  const end = path.includes("?") ? path.indexOf("?") : path.length;
  const start = path.slice(0, end);
  // What an engine is handed is nobody's business but its own; a name may begin with the question mark, though.
  const asked = pathFault(start) === undefined ? start : path;
  checkPath(asked);
  const mount = await mounts.find(asked, signal);
  if (end === path.length || isKeyValue(mount) || mount.kind === "unknown") {
    checkPath(path);
    return { mount, below: pathBelow(mount, path) };
  }
  checkPath(start);
  return { mount, below: pathBelow(mount, start), parameters: parametersIn(path.slice(end + 1)) };
}
