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
  if (mount.kind === "kv2") return { value: valuesOf(fields), ...versionIn(objectIn(data, "metadata")) };
  const value = valuesOf(mount.kind === "pki" ? withBundles(fields) : fields);
  const expiresAt = mount.kind === "pki" ? numberIn(fields, "expiration") : undefined;
  return { value, ...leaseIn(body), ...(expiresAt !== undefined && { expiresAt: expiresAt * 1000 }) };
}

/** Texts as they are, anything else as JSON. A field that is null has no value, and is none. */
export function valuesOf(fields: object): Map<string, SecretValue> {
  const values = new Map<string, SecretValue>();
  for (const [name, field] of Object.entries(fields) as [string, unknown][])
    if (field !== null)
      values.set(name, SecretValue.fromText(typeof field === "string" ? field : JSON.stringify(field)));
  return values;
}

/** Certificates are wanted the way servers read a chain: one PEM text, not a list of them. */
function withBundles(fields: object): object {
  const isPem = (part: unknown): boolean => typeof part === "string" && part.startsWith("-----BEGIN ");
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]: [string, unknown]) => [
      name,
      Array.isArray(field) && field.length > 0 && field.every(isPem) ? field.join("\n") : field,
    ]),
  );
}

function leaseIn(body: VaultReply["body"]): Pick<SecretRecord, "lease"> {
  const id = textIn(body, "lease_id");
  if (id === undefined) return {};
  const ttlMs = (numberIn(body, "lease_duration") ?? 0) * 1000;
  return { lease: { id, ttlMs, renewable: body?.["renewable"] === true } };
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
