import type { ProviderCapabilities } from "@sluice/core";
import type { Subject } from "./subject.js";
import type { SubjectHooks } from "./subject-hooks.js";

/** Something a provider declares, as exclusions name it. */
export type CapabilityName =
  | "batchSize above 1"
  | "maxConcurrency above 1"
  | 'fields: "native"'
  | "versions.exact"
  | "versions.label"
  | "list"
  | "list.carriesVersion"
  | "watch"
  | "put"
  | "put.ifAbsent"
  | "put.ifAbsent: true"
  | "put.ifVersion"
  | "delete"
  | "delete.ifVersion"
  | "leases"
  | "leases.renew"
  | "leases.revoke"
  | "delegation"
  | "check";

const DECLARED: Readonly<Record<CapabilityName, (capabilities: ProviderCapabilities) => boolean>> = {
  "batchSize above 1": ({ batchSize }) => batchSize > 1,
  "maxConcurrency above 1": ({ maxConcurrency }) => maxConcurrency !== 1,
  'fields: "native"': ({ fields }) => fields === "native",
  "versions.exact": ({ versions }) => versions.exact,
  "versions.label": ({ versions }) => versions.label,
  list: ({ list }) => list !== undefined,
  "list.carriesVersion": ({ list }) => list?.carriesVersion === true,
  watch: ({ watch }) => watch === true,
  put: ({ put }) => put !== undefined,
  "put.ifAbsent": ({ put }) => put !== undefined && put.ifAbsent !== false,
  "put.ifAbsent: true": ({ put }) => put?.ifAbsent === true,
  "put.ifVersion": ({ put }) => put?.ifVersion === true,
  delete: (capabilities) => capabilities.delete !== undefined,
  "delete.ifVersion": (capabilities) => capabilities.delete?.ifVersion === true,
  leases: ({ leases }) => leases !== undefined,
  "leases.renew": ({ leases }) => leases?.renew === true,
  "leases.revoke": ({ leases }) => leases?.revoke === true,
  delegation: ({ delegation }) => delegation === true,
  check: ({ check }) => check === true,
};

/** Why a requirement cannot be tested on a subject: what the provider does not declare, or what the subject lacks. */
export function exclusionOf(
  subject: Subject,
  capabilities: readonly CapabilityName[],
  hooks: readonly (keyof SubjectHooks)[],
): string | undefined {
  const undeclared = capabilities.find((name) => !DECLARED[name](subject.store.capabilities));
  if (undeclared !== undefined) return `capability not declared: ${undeclared}`;
  const missing = hooks.find((hook) => subject[hook] === undefined);
  if (missing !== undefined) return `the subject cannot bring this about: add \`${missing}\` to it`;
  return undefined;
}
