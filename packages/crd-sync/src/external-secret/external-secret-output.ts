import type { KubernetesObject } from "@sluice/kubernetes";
import { shapeTemplate } from "../secret-sync/shape-template.js";
import type { OutputSpec } from "../source/sync-spec.js";
import { ExternalSecretProblem } from "./external-secret-problem.js";
import type { ExternalSecretSpec, ExternalSecretTemplate } from "./external-secret.js";
import { TEMPLATE_ALIASES } from "./template-aliases.js";

/** Label by which their operator marks every Secret that it keeps. */
const MANAGED = { label: "reconcile.external-secrets.io/managed", value: "true" };

/** Metadata that is about the object itself, and is not handed on to what it makes. */
const OWN_METADATA = /^(kubectl\.kubernetes\.io|argocd\.argoproj\.io|([a-z0-9-]+\.)*sluice\.dev)\//;

/** The Secret that is kept. Pure. @throws {ExternalSecretProblem} {TemplateError} */
export function outputOf({ metadata }: KubernetesObject, { target = {} }: ExternalSecretSpec): OutputSpec {
  const { name = metadata.name, creationPolicy = "Owner", deletionPolicy = "Retain", template } = target;
  if (creationPolicy === "None") throw new TypeError("Nothing is to be made");
  // Without a template it has those of what asks for it.
  const { labels = {}, annotations = {} } = template === undefined ? metadata : metadataOf(template);
  return {
    kind: "Secret",
    name,
    ...(template?.type && { type: template.type }),
    labels: handedOn(labels),
    annotations: handedOn(annotations),
    creationPolicy,
    deletionPolicy: deletionPolicy === "Retain" ? "Retain" : "Delete",
    ...(deletionPolicy === "Merge" && { staysEmpty: true }),
    ...(target.immutable === true && { immutable: true }),
    adopt: MANAGED,
    ...shapeOf(template),
  };
}

function shapeOf({ data, mergePolicy = "Replace" }: ExternalSecretTemplate = {}): Pick<OutputSpec, "shape"> {
  if (data === undefined || Object.keys(data).length === 0) return {};
  const written = {
    keepValues: mergePolicy === "Merge",
    data: Object.entries(data).map(([key, text]) => ({ key, text })),
  };
  return {
    shape: shapeTemplate(written, { aliases: TEMPLATE_ALIASES, place: "spec.target.template.data" }),
  };
}

function metadataOf({
  metadata = {},
}: ExternalSecretTemplate): NonNullable<ExternalSecretTemplate["metadata"]> {
  for (const part of ["labels", "annotations"] as const)
    for (const [name, text] of Object.entries(metadata[part] ?? {}))
      if (text.includes("{{"))
        throw new ExternalSecretProblem(
          `target.template.metadata.${part}`,
          `has a template at ${name}, and no value is written into metadata`,
          "write it as plain text",
        );
  return metadata;
}

function handedOn(written: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(written).filter(([name]) => !OWN_METADATA.test(name)));
}
