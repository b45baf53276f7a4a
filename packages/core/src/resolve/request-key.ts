import type { SecretRequest, SecretVersion } from "../provider/secret-request.js";
import type { SecretReference } from "../reference/secret-reference.js";

export type RequestTemplate = Omit<SecretRequest, "id">;

/** What has to be asked of a provider for a reference. Keys of one secret ask for the same thing. */
export function requestFor(reference: SecretReference, fields: "extracted" | "native"): RequestTemplate {
  const { path, key, volatile = false } = reference;
  return {
    path,
    selector: fields === "native" && key !== undefined ? { kind: "field", name: key } : { kind: "whole" },
    version: versionOf(reference),
    volatile,
  };
}

/** Equal exactly for requests that one read can serve. `identity` comes first: identities never share. */
export function requestKey(identity: string, { path, selector, version, volatile }: RequestTemplate): string {
  return JSON.stringify([identity, path, selector, version, volatile]);
}

function versionOf({ version, label }: SecretReference): SecretVersion {
  if (version !== undefined) return { kind: "exact", version };
  return label === undefined ? { kind: "latest" } : { kind: "label", label };
}
