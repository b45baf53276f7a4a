import {
  applyObject,
  type CallOptions,
  field,
  getObject,
  type KubernetesClient,
  KubernetesError,
  type KubernetesObject,
  type ObjectCondition,
  kubernetesTime,
} from "@sluice/kubernetes";
import { GENERATED_SECRET_API_VERSION, generatedSecretResource } from "@sluice/kubernetes/generated";
import type { Subject } from "../audit/generator-events.js";

/** What a resource's status is to say. */
export interface ResourceReport {
  readonly ready: boolean;
  /** One CamelCase word for programs. */
  readonly reason: string;
  /** For people. Never a value. */
  readonly message: string;
  /** Where its members are. */
  readonly paths: readonly string[];
}

const FIELD_MANAGER = "sluice-generator";

/** Whether a resource says of its present generation that its secret is there: then nothing is left to do. */
export function isReady(object: KubernetesObject): boolean {
  const condition = readyCondition(object);
  return condition?.status === "True" && condition.observedGeneration === object.metadata.generation;
}

/**
 * Makes the status of a `GeneratedSecret` say what became of it, unless it says so already or it is gone. What
 * another generator has reported as done stays.
 *
 * @throws {KubernetesError}
 */
export async function writeResourceStatus(
  client: KubernetesClient,
  { namespace, name, uid }: Subject,
  { ready, reason, message, paths }: ResourceReport,
  call: CallOptions,
): Promise<void> {
  const resource = generatedSecretResource(namespace);
  const object = await getObject(client, resource, name, call).catch((error: unknown) => {
    if (KubernetesError.isInstance(error) && error.status === 404) return undefined;
    throw error;
  });
  if (object === undefined || object.metadata.uid !== uid || isReady(object)) return;
  const before = readyCondition(object);
  const status = ready ? "True" : "False";
  if (before?.status === status && before.reason === reason && before.message === message) return;
  const isSame = before?.status === status;
  const condition: ObjectCondition = {
    type: "Ready",
    status,
    reason,
    message,
    lastTransitionTime: isSame ? before.lastTransitionTime : kubernetesTime(Date.now()),
    observedGeneration: object.metadata.generation ?? 0,
  };
  // With its uid, so that nothing is said of another of its name.
  const metadata = { name, namespace, uid };
  await applyObject(
    client,
    resource,
    {
      apiVersion: GENERATED_SECRET_API_VERSION,
      kind: "GeneratedSecret",
      metadata,
      status: { paths, conditions: [condition] },
    },
    { fieldManager: FIELD_MANAGER, force: true, subresource: "status" },
    call,
  );
}

function readyCondition(object: KubernetesObject): ObjectCondition | undefined {
  const conditions = field(field(object, "status"), "conditions");
  return (Array.isArray(conditions) ? (conditions as ObjectCondition[]) : []).find(
    ({ type }) => type === "Ready",
  );
}
