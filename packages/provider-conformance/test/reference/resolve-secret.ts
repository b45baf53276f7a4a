import { type SecretFound, type SecretRequest, SecretValue } from "@sluice/core";
import { type Revision, type Secret, ServerError } from "./memory-server.js";

const LEASE_MS = 60_000;

/** What a secret of the server is to a request. Throws a {@link ServerError} if it is none. */
export function foundIn(secret: Secret, lease: string | undefined, request: SecretRequest): SecretFound {
  if (secret.disabled === true) throw new ServerError(423);
  if (secret.malformed === true) throw new ServerError(422);
  const { version, content, writtenAt } = revisionOf(secret, request);
  return {
    id: request.id,
    status: "found",
    value: valueOf(content, request),
    version,
    createdAt: secret.revisions[0]?.writtenAt ?? writtenAt,
    updatedAt: writtenAt,
    ...(secret.expiresAt !== undefined && { expiresAt: secret.expiresAt }),
    ...(lease !== undefined && { lease: { id: lease, ttlMs: LEASE_MS, renewable: true } }),
  };
}

function revisionOf({ revisions, labels }: Secret, { version }: SecretRequest): Revision {
  const wanted =
    version.kind === "label" ? labels.get(version.label) : version.kind === "exact" && version.version;
  const revision =
    version.kind === "latest" ? revisions.at(-1) : revisions.find((each) => each.version === wanted);
  if (revision === undefined) throw new ServerError(404);
  return revision;
}

function valueOf(content: Revision["content"], { selector }: SecretRequest): SecretFound["value"] {
  if (selector.kind === "field") {
    const field = content instanceof Map ? (content.get(selector.name) as Uint8Array | undefined) : undefined;
    if (field === undefined) throw new ServerError(404);
    return SecretValue.fromBytes(field);
  }
  if (content instanceof Uint8Array) return SecretValue.fromBytes(content);
  return new Map(Array.from(content, ([name, bytes]) => [name, SecretValue.fromBytes(bytes)]));
}
