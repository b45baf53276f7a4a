import type { JsonSchema } from "@sluice/core";
import { SLUICE_GROUP, STORE_PLURALS, STORE_VERSION } from "./store-resource.js";
import { inItems, inProperty, validations, withRules } from "./schema-rules.js";
import { accessRules, NAME_RULE, optionRules, PATH_RULE, SPEC_RULES } from "./store-rules.js";
import { STATUS_SCHEMA, storeSchema } from "./store-schema.js";
import type { StoreKind } from "./store.js";

const NAMES: Readonly<Record<StoreKind, { readonly singular: string; readonly shortNames: string[] }>> = {
  SecretStore: { singular: "secretstore", shortNames: ["sls"] },
  ClusterSecretStore: { singular: "clustersecretstore", shortNames: ["csls"] },
};

const READY = '.status.conditions[?(@.type=="Ready")]';

/** The CustomResourceDefinition of a kind of stores, as plain data. */
export function storeCrd(kind: StoreKind): object {
  const plural = STORE_PLURALS[kind];
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${SLUICE_GROUP}` },
    spec: {
      group: SLUICE_GROUP,
      scope: kind === "SecretStore" ? "Namespaced" : "Cluster",
      names: { kind, listKind: `${kind}List`, plural, ...NAMES[kind], categories: ["sluice"] },
      versions: [
        {
          name: STORE_VERSION,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: manifestSchema(kind) },
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: "Provider", type: "string", jsonPath: ".spec.provider" },
            { name: "Identity", type: "string", jsonPath: ".spec.identity" },
            { name: "Ready", type: "string", jsonPath: `${READY}.status` },
            { name: "Reason", type: "string", jsonPath: `${READY}.reason` },
            { name: "Suspended", type: "boolean", jsonPath: ".spec.suspend", priority: 1 },
            { name: "Checked", type: "date", jsonPath: ".status.checkedAt", priority: 1 },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
        },
      ],
    },
  };
}

function manifestSchema(kind: StoreKind): JsonSchema {
  const scope = kind === "SecretStore" ? "of one namespace" : "of all namespaces that it names";
  return {
    description: `Where secrets are, and who ${scope} may read which.`,
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: specSchema(kind),
      status: STATUS_SCHEMA,
    },
    "x-kubernetes-validations": validations([NAME_RULE]),
  };
}

function specSchema(kind: StoreKind): JsonSchema {
  const spec = withRules(storeSchema(kind), SPEC_RULES);
  const rules = inProperty(spec, "access", (access) =>
    inItems(access, (rule) =>
      withRules(
        inProperty(rule, "paths", (paths) => inItems(paths, (path) => withRules(path, [PATH_RULE]))),
        accessRules(kind),
      ),
    ),
  );
  return inProperty(rules, "optionsFrom", (sources) =>
    inItems(sources, (source) => withRules(source, optionRules(kind))),
  );
}
