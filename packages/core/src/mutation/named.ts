/**
 * A list with an entry of this name in the place of the first that has it, else at the end, or first. Further ones
 * of the name go: of two variables of one name the later would win.
 */
export function withNamed<Entry extends { readonly name: string }>(
  list: readonly Entry[] | undefined,
  entry: Entry,
  where: "first" | "last" = "last",
): Entry[] {
  const before = list ?? [];
  const at = before.findIndex(({ name }) => name === entry.name);
  if (at !== -1)
    return before.with(at, entry).filter(({ name }, index) => index <= at || name !== entry.name);
  return where === "first" ? [entry, ...before] : [...before, entry];
}

/** A list without the entries of these names. */
export function withoutNamed<Entry extends { readonly name: string }>(
  list: readonly Entry[] | undefined,
  names: ReadonlySet<string>,
): Entry[] {
  return (list ?? []).filter(({ name }) => !names.has(name));
}
