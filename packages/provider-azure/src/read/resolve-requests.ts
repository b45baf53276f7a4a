import { type Failure, mapBounded, SecretValue, type SecretOutcome, type SecretRequest } from "@sluice/core";
import { isFailure } from "../util/is-failure.js";
import { parsePath } from "../vault/parse-path.js";
import type { VaultClients } from "../vault/vault-clients.js";
import { type ObjectRead, readObject } from "./read-object.js";
import type { Stored } from "./stored.js";

/** Reads that are under way at once in one call. */
const CONCURRENCY = 8;

/** Answers every request. Requests for the same version of the same object share one read, so that they agree. */
export async function resolveRequests(
  clients: VaultClients,
  requests: readonly SecretRequest[],
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<SecretOutcome[]> {
  const shared = new Map<string, Promise<Stored | Failure>>();
  return mapBounded(requests, CONCURRENCY, async (request) => {
    const read = planRead(request);
    if (isFailure(read)) return answer(request, read);
    const key = keyOf(read);
    const stored = shared.get(key) ?? readObject(clients, read, signal, onError);
    shared.set(key, stored);
    return answer(request, await stored);
  });
}

/** What to ask the vault for. */
function planRead({ path, selector, version }: SecretRequest): ObjectRead | Failure {
  const object = parsePath(path);
  if (isFailure(object)) return object;
  const withKey = object.kind === "certificates" && selector.kind === "field";
  if (version.kind !== "exact") return { ...object, withKey };
  // Key Vault would take any other text for a mistake in the request, not for a version that is not there.
  if (!/^[0-9a-f]{32}$/i.test(version.version)) return NO_VERSION;
  return { ...object, withKey, version: version.version };
}

function keyOf({ kind, name, version = "", withKey }: ObjectRead): string {
  // Key Vault does not tell upper from lower case.
  return [kind, name.toLowerCase(), version, withKey].join("/");
}

async function answer({ id, selector }: SecretRequest, stored: Stored | Failure): Promise<SecretOutcome> {
  if (isFailure(stored)) return { id, ...stored };
  const value = await (selector.kind === "whole" ? stored.whole() : stored.field(selector.name));
  return SecretValue.isInstance(value) ? { id, status: "found", ...stored.record, value } : { id, ...value };
}

const NO_VERSION: Failure = {
  status: "not-found",
  reason: "version-missing",
  message: "has no such version",
  remedy: "Name a version by its identifier in Key Vault: 32 hexadecimal digits",
};
