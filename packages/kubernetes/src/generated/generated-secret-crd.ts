import type { JsonSchema } from "@sluice/core";
import { withRules } from "../stores/schema-rules.js";
import { SLUICE_GROUP } from "../stores/store-resource.js";
import { GENERATED_SECRET_VERSION } from "./generated-secret-resource.js";
import { GENERATED_SECRET_IMMUTABLE, GENERATED_SECRET_RULES } from "./generated-secret-rules.js";
import { GENERATED_SECRET_SCHEMA, GENERATED_SECRET_STATUS_SCHEMA } from "./generated-secret-schema.js";

const READY = '.status.conditions[?(@.type=="Ready")]';

/** The CustomResourceDefinition of `GeneratedSecret`, as plain data. */
export function generatedSecretCrd(): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `generatedsecrets.${SLUICE_GROUP}` },
    spec: {
      group: SLUICE_GROUP,
      scope: "Namespaced",
      names: {
        kind: "GeneratedSecret",
        listKind: "GeneratedSecretList",
        plural: "generatedsecrets",
        singular: "generatedsecret",
        shortNames: ["gs"],
        categories: ["sluice"],
      },
      versions: [
        {
          name: GENERATED_SECRET_VERSION,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: manifestSchema() },
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: "Type", type: "string", jsonPath: ".spec.type" },
            { name: "Store", type: "string", jsonPath: ".spec.store" },
            { name: "Path", type: "string", jsonPath: ".spec.path" },
            { name: "Ready", type: "string", jsonPath: `${READY}.status` },
            { name: "Reason", type: "string", jsonPath: `${READY}.reason` },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
        },
      ],
    },
  };
}

function manifestSchema(): JsonSchema {
  return {
    description: "A secret of a store that is created, once, if it is not there.",
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: withRules(GENERATED_SECRET_SCHEMA, [...GENERATED_SECRET_RULES, GENERATED_SECRET_IMMUTABLE]),
      status: GENERATED_SECRET_STATUS_SCHEMA,
    },
  };
}
