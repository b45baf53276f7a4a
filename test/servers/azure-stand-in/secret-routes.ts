import { type Answer, type Asked, give, refuse } from "./answer.js";
import type { ObjectStore, StoredVersion } from "./object-store.js";

/** Largest value, in bytes. */
const LARGEST = 25 * 1024;

/** Secrets, as https://learn.microsoft.com/rest/api/keyvault/secrets tells of them. */
export function answerSecrets(
  store: ObjectStore,
  address: string,
  { method, body }: Asked,
  name: string,
  version: string | undefined,
): Answer {
  const found = store.find(name, version);
  if (method === "PUT") {
    if (store.deleted(name)) return refuse(409, "Conflict", "ObjectIsDeletedButRecoverable");
    const { value, attributes = {}, ...fields } = JSON.parse(body) as Record<string, unknown>;
    if (typeof value !== "string" || Buffer.byteLength(value) > LARGEST) return refuse(400, "BadParameter");
    return give(bundle(address, name, store.add(name, { ...fields, value }, attributes as object)));
  }
  if (!found) return refuse(404, "SecretNotFound");
  switch (method) {
    case "GET":
      if (found.attributes["enabled"] === false) return refuse(403, "Forbidden", "SecretDisabled");
      return give(bundle(address, name, found));
    case "PATCH":
      Object.assign(found.attributes, (JSON.parse(body) as { attributes?: object }).attributes);
      return give(bundle(address, name, found));
    case "DELETE":
      store.remove(name);
      return give(deletedBundle(address, name, found));
    default:
      return refuse(405, "MethodNotAllowed");
  }
}

/** What is deleted: looked at, or purged. */
export function answerDeleted(store: ObjectStore, address: string, { method }: Asked, name: string): Answer {
  const found = store.deleted(name);
  if (!found) return refuse(404, "SecretNotFound");
  if (method === "GET") return give(deletedBundle(address, name, found));
  store.purge(name);
  return { status: 204 };
}

function bundle(address: string, name: string, { version, attributes, fields }: StoredVersion): object {
  return { ...fields, id: `${address}/secrets/${name}/${version}`, attributes };
}

function deletedBundle(address: string, name: string, found: StoredVersion): object {
  const { value: _, ...rest } = bundle(address, name, found) as { value?: unknown };
  const deletedDate = Math.floor(Date.now() / 1000);
  const recoveryId = `${address}/deletedsecrets/${name}`;
  return { ...rest, recoveryId, deletedDate, scheduledPurgeDate: deletedDate + 7_776_000 };
}
