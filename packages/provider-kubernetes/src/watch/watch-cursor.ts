/** How far each watch has come: resource versions by the key of its scope. */
export type WatchPositions = ReadonlyMap<string, string>;

/** Positions as an opaque text. */
export function formatCursor(positions: WatchPositions): string {
  return Buffer.from(JSON.stringify(Object.fromEntries(positions))).toString("base64url");
}

/** The positions that a text stands for; none when it is not ours. */
export function parseCursor(cursor: string | undefined): WatchPositions {
  if (cursor === undefined) return new Map();
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (typeof parsed !== "object" || parsed === null) return new Map();
    const entries = Object.entries(parsed) as [string, unknown][];
    return new Map(entries.filter((entry): entry is [string, string] => /^\d+$/.test(String(entry[1]))));
  } catch {
    // Of another store, or none at all: the watch begins anew.
    return new Map();
  }
}
