/**
 * Paths by what they have in common: those in the same top folder are together, under the longest beginning that
 * all of them have. Folders are kept apart, since what `a/x` and `b/x` have in common is the whole store.
 */
export function groupByPrefix(paths: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const byFolder = Map.groupBy(paths, topFolder);
  return new Map(Array.from(byFolder.values(), (group) => [group.reduce(commonPrefix), group]));
}

/** `/app/` of `/app/db`, and nothing of `db`. */
function topFolder(path: string): string {
  return path.slice(0, path.indexOf("/", 1) + 1);
}

function commonPrefix(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  const prefix = one.slice(0, length);
  // Half a character is no text.
  return prefix.isWellFormed() ? prefix : prefix.slice(0, -1);
}
