import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import {
  createObject,
  field,
  getObject,
  type KubernetesClient,
  KubernetesError,
  type KubernetesObject,
} from "@sluice/kubernetes";

/** Name of the Secret that has the key, in the controller's own namespace. */
export const HASH_KEY_SECRET = "sluice-sync-hash-key";

const BYTES = 32;

/**
 * The key of the hashes in statuses, made when there is none. Whoever replaces it loses nothing: each output is then
 * compared with what it should be once.
 *
 * @throws {KubernetesError}
 */
export async function openHashKey(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<KeyObject> {
  const resource = { version: "v1", plural: "secrets", namespace };
  const read = async (): Promise<KubernetesObject> =>
    getObject(client, resource, HASH_KEY_SECRET, { signal });
  const create = async (): Promise<KubernetesObject> => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: HASH_KEY_SECRET, namespace },
      data: { key: randomBytes(BYTES).toString("base64") },
    };
    return createObject(client, resource, secret, { signal });
  };
  // Another replica may make it at the same time.
  const secret = (await unless(404, read())) ?? (await unless(409, create())) ?? (await read());
  const written = field(field(secret, "data"), "key");
  const key = Buffer.from(typeof written === "string" ? written : "", "base64");
  if (key.byteLength >= BYTES) return createSecretKey(key);
  throw new KubernetesError({
    kind: "configuration",
    reason: "hash-key",
    problem: `has a Secret ${namespace}/${HASH_KEY_SECRET} without a key of ${BYTES} bytes: delete it`,
  });
}

async function unless<Result>(status: number, work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (KubernetesError.isInstance(error) && error.status === status) return undefined;
    throw error;
  }
}
