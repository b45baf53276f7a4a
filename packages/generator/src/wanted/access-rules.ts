import { type AccessRule, isAllowed } from "@sluice/core";

/** Who may have secrets created, and leases taken, where. Where no rule fits, nobody. */
export interface GenerateRule {
  /** Namespaces; `*` stands for any characters. */
  readonly namespaces: readonly string[];
  /** Paths in the store; `*` stands for any characters within a segment, `**` for any number of segments. */
  readonly paths: readonly string[];
  /** Names of stores; all when absent. */
  readonly stores?: readonly string[];
}

/** Whether a rule lets a namespace have something at a path. A slash in front of a path, or a rule's, means nothing. */
export function mayGenerate(
  rules: readonly GenerateRule[],
  { namespace, store, path }: { readonly namespace: string; readonly store: string; readonly path: string },
): boolean {
  const access = rules
    .filter(({ stores }) => stores?.includes(store) ?? true)
    .map(({ namespaces, paths }): AccessRule => ({
      namespaces,
      serviceAccounts: ["*"],
      paths: paths.map(withoutSlash),
    }));
  // Only the metadata of pods is read, which does not name their account.
  return isAllowed(access, { namespace, serviceAccount: "any", path: withoutSlash(path) });
}

function withoutSlash(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
}
