const MOST = 10;

/** Names for people: the first few, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(", ") || "none";
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}
