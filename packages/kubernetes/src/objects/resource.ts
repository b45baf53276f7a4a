/** A kind of objects, in one namespace or in all: `{ version: "v1", plural: "secrets", namespace: "shop" }`. */
export interface Resource {
  /** API group; absent for the core group. */
  readonly group?: string;
  readonly version: string;
  /** As in paths and roles: `secrets`. */
  readonly plural: string;
  /** Absent: all namespaces, or a kind that has none. */
  readonly namespace?: string;
}

/** The path of a resource's objects, of the one with this name, or of a subresource of that: `status`. */
export function resourcePath(
  { group, version, plural, namespace }: Resource,
  name?: string,
  subresource?: string,
): string {
  const api = group === undefined ? ["api"] : ["apis", group];
  const where = namespace === undefined ? [] : ["namespaces", namespace];
  const parts = [...api, version, ...where, plural, name, subresource].filter((part) => part !== undefined);
  return `/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}
