import type { JsonSchema } from "@sluice/core";
import { inItems, inProperty, withRules } from "../stores/schema-rules.js";
import { SLUICE_GROUP } from "../stores/store-resource.js";
import { SECRET_SYNC_VERSION } from "./secret-sync-resource.js";
import {
  SYNC_FIND_RULES,
  SYNC_SPEC_RULES,
  SYNC_TARGET_RULES,
  SYNC_TEMPLATE_RULES,
} from "./secret-sync-rules.js";
import { SECRET_SYNC_STATUS_SCHEMA, secretSyncSchema } from "./secret-sync-schema.js";

const condition = (type: string, field: string): string =>
  `.status.conditions[?(@.type=="${type}")].${field}`;

/** The CustomResourceDefinition of `SecretSync`, as plain data. */
export function secretSyncCrd(): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `secretsyncs.${SLUICE_GROUP}` },
    spec: {
      group: SLUICE_GROUP,
      scope: "Namespaced",
      names: {
        kind: "SecretSync",
        listKind: "SecretSyncList",
        plural: "secretsyncs",
        singular: "secretsync",
        shortNames: ["ssy"],
        categories: ["sluice"],
      },
      versions: [
        {
          name: SECRET_SYNC_VERSION,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: manifestSchema() },
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: "Ready", type: "string", jsonPath: condition("Ready", "status") },
            { name: "Synced", type: "string", jsonPath: condition("Synced", "status") },
            { name: "Reason", type: "string", jsonPath: condition("Synced", "reason") },
            { name: "Last Sync", type: "date", jsonPath: ".status.lastSyncTime" },
            { name: "Output", type: "string", jsonPath: ".status.outputs[0].name", priority: 1 },
            { name: "Next Try", type: "string", jsonPath: ".status.nextSyncTime", priority: 1 },
            { name: "Suspended", type: "boolean", jsonPath: ".spec.suspend", priority: 1 },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
        },
      ],
    },
  };
}

function manifestSchema(): JsonSchema {
  return {
    description: "Secrets of stores, and the Secret or ConfigMap that is kept equal to them.",
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: specSchema(),
      status: SECRET_SYNC_STATUS_SCHEMA,
    },
  };
}

function specSchema(): JsonSchema {
  const spec = withRules(secretSyncSchema(), SYNC_SPEC_RULES);
  const target = inProperty(spec, "target", (part) => withRules(part, SYNC_TARGET_RULES));
  const find = inProperty(target, "find", (part) =>
    inItems(part, (item) => withRules(item, SYNC_FIND_RULES)),
  );
  return inProperty(find, "template", (part) =>
    inProperty(part, "data", (data) => inItems(data, (item) => withRules(item, SYNC_TEMPLATE_RULES))),
  );
}
