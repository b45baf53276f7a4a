import { isAllowed } from "@sluice/core";

/** Lets references in objects be filled at admission. What no rule names is not filled. */
export interface ObjectRule {
  /** Patterns, where `*` stands for any characters. */
  readonly namespaces: readonly string[];
  /** As kubectl names them: `secrets`, `configmaps`, `widgets.example.dev`. */
  readonly resources: readonly string[];
  /**
   * Service account of the object's namespace in whose name stores are asked: their `access` must have it. By default
   * `sluice-objects`, so that a rule for workloads says nothing about objects.
   */
  readonly serviceAccount?: string;
}

/** The service account that a rule holds access lists of stores against, where it names none. */
export const OBJECTS_ACCOUNT = "sluice-objects";

/** The first rule that has a namespace and a resource. */
export function objectRuleFor(
  policy: readonly ObjectRule[],
  namespace: string,
  resource: string,
): Required<ObjectRule> | undefined {
  const rule = policy.find(({ namespaces, resources }) =>
    // The patterns of stores' access lists mean the same here.
    isAllowed([{ namespaces, serviceAccounts: ["*"], paths: resources }], {
      namespace,
      serviceAccount: OBJECTS_ACCOUNT,
      path: resource,
    }),
  );
  return rule && { serviceAccount: OBJECTS_ACCOUNT, ...rule };
}

/** How kubectl names a resource. */
export function resourceName(resource: string, group: string): string {
  return group === "" ? resource : `${resource}.${group}`;
}
