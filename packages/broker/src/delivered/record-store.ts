import {
  createObject,
  getObject,
  type KubernetesClient,
  KubernetesError,
  type KubernetesObject,
  patchObject,
  type Resource,
} from "@sluice/kubernetes";
import {
  DELIVERED_LABEL,
  type DeliveredVersion,
  formatRecord,
  outdatedKeys,
  parseRecords,
  recordKey,
  recordName,
} from "./delivered-record.js";
import type { Controller } from "./top-controller.js";

type ConfigMap = KubernetesObject & { readonly data?: Readonly<Record<string, string>> };

/**
 * What containers of a workload were given, as brokers have written it down. A container that began to run before
 * the last `at` of an older version, and a minute, may have that.
 *
 * @throws KubernetesError
 */
export async function readDeliveredVersions(
  client: KubernetesClient,
  namespace: string,
  workload: Controller,
  signal: AbortSignal,
): Promise<DeliveredVersion[]> {
  try {
    const found = await getObject(client, configMaps(namespace), recordName(workload), { signal });
    return parseRecords((found as ConfigMap).data);
  } catch (thrown) {
    if (isStatus(thrown, 404)) return [];
    throw thrown;
  }
}

/**
 * Adds entries. Only these keys are touched, so that what other replicas write at the same time stays.
 *
 * @throws KubernetesError
 */
export async function writeDeliveredVersions(
  client: KubernetesClient,
  namespace: string,
  workload: Controller,
  records: readonly DeliveredVersion[],
  signal: AbortSignal,
): Promise<void> {
  const data = Object.fromEntries(records.map((record) => [recordKey(record), formatRecord(record)]));
  const name = recordName(workload);
  const patch = async (patched: object): Promise<ConfigMap> =>
    patchObject(client, configMaps(namespace), name, { data: patched }, { signal });
  const written = (await unless(404, patch(data))) ?? (await create()) ?? (await patch(data));
  const outdated = outdatedKeys(written.data ?? {});
  if (outdated.length > 0) await patch(Object.fromEntries(outdated.map((key) => [key, null])));

  async function create(): Promise<ConfigMap | undefined> {
    const metadata = {
      name,
      labels: { [DELIVERED_LABEL]: "true", "app.kubernetes.io/managed-by": "sluice" },
      // It goes when its workload does.
      ownerReferences: [workload],
    };
    const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
    return unless(409, createObject(client, configMaps(namespace), configMap, { signal }));
  }
}

async function unless<Result>(status: number, work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if (isStatus(thrown, status)) return undefined;
    throw thrown;
  }
}

function isStatus(thrown: unknown, status: number): boolean {
  return KubernetesError.isInstance(thrown) && thrown.status === status;
}

function configMaps(namespace: string): Resource {
  return { version: "v1", plural: "configmaps", namespace };
}
