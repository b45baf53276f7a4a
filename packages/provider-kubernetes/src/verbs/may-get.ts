import { type CallOptions, field } from "@sluice/kubernetes";
import { type ClusterStore, resourceOf } from "../store/cluster-store.js";

/** What of a store may be read: all, some by name, nothing, or who knows (some of many namespaces). */
export type ReadRight =
  | { readonly kind: "all" | "none" | "unknown" }
  | { readonly kind: "named"; readonly names: readonly string[] };

/** Asks the cluster what we may read, without reading anything. */
export async function mayGet(store: ClusterStore, options: CallOptions): Promise<ReadRight> {
  const { namespace } = store;
  const { plural: resource } = resourceOf(store);
  const where = namespace === undefined ? {} : { namespace };
  const all = await review(store, options, "selfsubjectaccessreviews", {
    resourceAttributes: { verb: "get", resource, ...where },
  });
  if (field(all, "allowed") === true) return { kind: "all" };
  if (namespace === undefined) return { kind: "unknown" };
  const rules = await review(store, options, "selfsubjectrulesreviews", { namespace });
  const names = namesIn(field(rules, "resourceRules"), resource);
  if (names.length > 0) return { kind: "named", names };
  return { kind: field(rules, "incomplete") === true ? "unknown" : "none" };
}

async function review(
  { client }: ClusterStore,
  options: CallOptions,
  plural: string,
  spec: unknown,
): Promise<unknown> {
  const path = `/apis/authorization.k8s.io/v1/${plural}`;
  const kind = plural === "selfsubjectaccessreviews" ? "SelfSubjectAccessReview" : "SelfSubjectRulesReview";
  const body = { apiVersion: "authorization.k8s.io/v1", kind, spec };
  return field((await client.call({ method: "POST", path, body }, options)).body, "status");
}

function namesIn(rules: unknown, resource: string): readonly string[] {
  if (!Array.isArray(rules)) return [];
  const covers = (value: unknown, wanted: string): boolean =>
    Array.isArray(value) && (value.includes(wanted) || value.includes("*"));
  const names = rules
    .filter((rule) => covers(field(rule, "verbs"), "get") && covers(field(rule, "resources"), resource))
    .flatMap((rule): unknown => field(rule, "resourceNames") ?? []);
  return Array.from(new Set(names.filter((name) => typeof name === "string")));
}
