import type { ListedSecret } from "../provider/list.js";

/** What tells one state of a secret from another without its value. */
export type Stamp = Pick<ListedSecret, "version" | "etag">;

/**
 * Whether a listed secret may have another value than was read with this stamp. All that is listed has to agree;
 * where nothing is listed, or nothing was read, nobody knows.
 */
export function mayDiffer(listed: Stamp, read: Stamp | undefined): boolean {
  const told = (["version", "etag"] as const).filter((name) => listed[name] !== undefined);
  return told.length === 0 || told.some((name) => listed[name] !== read?.[name]);
}
