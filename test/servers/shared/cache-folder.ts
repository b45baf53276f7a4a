import { homedir } from "node:os";
import { join } from "node:path";

/** Folder of the user's cache that a server of this version is kept in: `$SLUICE_CACHE` or `~/.cache/sluice/servers/NAME`. */
export function cacheFolder(name: string): string {
  const cache = process.env["SLUICE_CACHE"] ?? join(homedir(), ".cache", "sluice", "servers");
  return join(cache, name);
}
