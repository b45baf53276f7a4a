/** One step of a JSON Patch, RFC 6902. */
export type PatchOperation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string };

type Json = Readonly<Record<string, unknown>>;

/**
 * The steps from one JSON value to another, in time that grows with their size alone: a request of a stranger
 * decides how large they are. What is the same object in both is not looked into. Lists whose entries have names
 * are followed by those; any other list that differs is replaced as a whole.
 */
export function diffJson(before: unknown, after: unknown, path = ""): PatchOperation[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path);
  if (isObject(before) && isObject(after)) return diffObjects(before, after, path);
  return [{ op: "replace", path, value: after }];
}

function diffObjects(before: Json, after: Json, path: string): PatchOperation[] {
  const removed = Object.keys(before).flatMap((key): PatchOperation[] =>
    has(before, key) && !has(after, key) ? [{ op: "remove", path: `${path}/${escape(key)}` }] : [],
  );
  const rest = Object.keys(after).flatMap((key): PatchOperation[] => {
    if (!has(after, key)) return [];
    const at = `${path}/${escape(key)}`;
    return has(before, key)
      ? diffJson(before[key], after[key], at)
      : [{ op: "add", path: at, value: after[key] }];
  });
  return [...removed, ...rest];
}

function diffLists(before: readonly unknown[], after: readonly unknown[], path: string): PatchOperation[] {
  return diffNamed(before, after, path) ?? (isSame(before, after) ? [] : [replacement(path, after)]);
}

/** Steps between lists of uniquely named entries that stand in the same order; `undefined` for any others. */
function diffNamed(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): PatchOperation[] | undefined {
  const old = byName(before);
  const now = byName(after);
  if (old === undefined || now === undefined) return undefined;
  const stays = Array.from(old.keys()).filter((name) => now.has(name));
  const stood = Array.from(now.keys()).filter((name) => old.has(name));
  if (stays.some((name, index) => name !== stood[index])) return undefined;
  // From the end, so that no step moves what a later one names.
  const removed = Array.from(old.keys()).flatMap((name, index): PatchOperation[] =>
    now.has(name) ? [] : [{ op: "remove", path: `${path}/${index}` }],
  );
  const rest = Array.from(now).flatMap(([name, entry], index): PatchOperation[] =>
    old.has(name)
      ? diffJson(old.get(name), entry, `${path}/${index}`)
      : [{ op: "add", path: `${path}/${index}`, value: entry }],
  );
  return [...removed.reverse(), ...rest];
}

function byName(list: readonly unknown[]): Map<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const entry of list) {
    const name = isObject(entry) ? entry["name"] : undefined;
    if (typeof name !== "string" || named.has(name)) return undefined;
    named.set(name, entry);
  }
  return named;
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((entry, index) => isSame(entry, other[index]));
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one).filter((key) => has(one, key));
  const count = Object.keys(other).filter((key) => has(other, key)).length;
  return keys.length === count && keys.every((key) => has(other, key) && isSame(one[key], other[key]));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is `undefined` is none: JSON has no such value. */
function has(object: Json, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined;
}

function replacement(path: string, value: unknown): PatchOperation {
  return { op: "replace", path, value };
}

function escape(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
