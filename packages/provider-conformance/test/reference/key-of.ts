import { ServerError } from "./memory-server.js";

/** The store's part of its server. */
export const ROOT = "app/";

/** The server's key for a path. Throws a {@link ServerError} for what is none: the server would look elsewhere. */
export function keyOf(path: string): string {
  if (path.split("/").some((part) => ["", ".", ".."].includes(part)) || !path.isWellFormed())
    throw new ServerError(400);
  return ROOT + path;
}
