import { type Failure, type SecretRecord, SecretValue } from "@sluice/core";
import type { KubernetesObject, ObjectMeta } from "@sluice/kubernetes";

/** A Secret or ConfigMap as a secret whose fields are the keys of its data. */
export function readRecord(kind: "Secret" | "ConfigMap", object: KubernetesObject): SecretRecord | Failure {
  const { metadata } = object;
  const entries = [
    ...entriesOf(object, "data", kind === "Secret" ? decodeBase64 : decodeText),
    ...entriesOf(object, "binaryData", decodeBase64),
  ];
  const value = new Map<string, SecretValue>();
  for (const [name, field] of entries) {
    if (field === undefined)
      return { status: "invalid", reason: "data", message: `holds in its field "${name}" what is no data` };
    value.set(name, field);
  }
  return {
    value,
    version: metadata.resourceVersion,
    ...(metadata.uid !== undefined && { etag: metadata.uid }),
    ...timesOf(metadata),
  };
}

/** When an object was created and, where somebody keeps account of fields, last written. */
export function timesOf({
  creationTimestamp,
  managedFields = [],
}: ObjectMeta): Pick<SecretRecord, "createdAt" | "updatedAt"> {
  const created = Date.parse(creationTimestamp ?? "");
  const updated = managedFields
    .map(({ time }) => Date.parse(time ?? ""))
    .filter((time) => !Number.isNaN(time));
  return {
    ...(!Number.isNaN(created) && { createdAt: created }),
    ...(updated.length > 0 && { updatedAt: Math.max(...updated) }),
  };
}

function entriesOf(
  object: object,
  part: "data" | "binaryData",
  decode: (value: unknown) => SecretValue | undefined,
): [string, SecretValue | undefined][] {
  const data: unknown = Reflect.get(object, part);
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).map(([name, value]) => [name, decode(value)]);
}

function decodeText(value: unknown): SecretValue | undefined {
  return typeof value === "string" ? SecretValue.fromText(value) : undefined;
}

function decodeBase64(value: unknown): SecretValue | undefined {
  // An empty value comes as null from some clients' writes.
  if (value === null) return SecretValue.fromText("");
  return typeof value === "string" ? SecretValue.fromBytes(Buffer.from(value, "base64")) : undefined;
}
