import { type SecretRecord, SecretValue } from "@sluice/core";
import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import type { Mount } from "../mount/mount.js";
import { numberIn, objectIn, textIn, timeIn, type VaultReply } from "../transport/vault-reply.js";

/**
 * The secret in a successful answer.
 *
 * @throws {Refusal} when there is none in it.
 */
export function recordOf(mount: Mount, { body }: VaultReply): SecretRecord {
  const data = objectIn(body, "data");
  const fields = mount.kind === "kv2" ? objectIn(data, "data") : data;
  if (fields === undefined) throw new Refusal(malformed());
  const value = valuesOf(fields);
  if (mount.kind === "kv2") return { value, ...versionIn(objectIn(data, "metadata")) };
  const leaseId = textIn(body, "lease_id");
  if (leaseId === undefined || body === undefined) return { value };
  const ttlMs = (numberIn(body, "lease_duration") ?? 0) * 1000;
  return { value, lease: { id: leaseId, ttlMs, renewable: body["renewable"] === true } };
}

/** Texts as they are, anything else as JSON. A field that is null has no value, and is none. */
export function valuesOf(fields: object): Map<string, SecretValue> {
  const values = new Map<string, SecretValue>();
  for (const [name, field] of Object.entries(fields) as [string, unknown][])
    if (field !== null)
      values.set(name, SecretValue.fromText(typeof field === "string" ? field : JSON.stringify(field)));
  return values;
}

function versionIn(metadata: object | undefined): Omit<SecretRecord, "value"> {
  const version = numberIn(metadata, "version");
  const updatedAt = timeIn(metadata, "created_time");
  // With a deletion that is planned; one that is past is answered as absent.
  const expiresAt = timeIn(metadata, "deletion_time");
  return {
    ...(version !== undefined && { version: String(version) }),
    ...(updatedAt !== undefined && { updatedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}
