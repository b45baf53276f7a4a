import type { Pod, PodContainer } from "@sluice/kubernetes";
import type { Store, StoreLookup } from "@sluice/kubernetes/stores";
import type { ProblemError } from "@sluice/protocol";
import { ProblemError as Problems } from "@sluice/protocol";
import type { Workload } from "../audit/audit-events.js";

export const WORKLOAD: Workload = {
  namespace: "shop",
  serviceAccount: "web",
  serviceAccountUid: "sa-1",
  pod: "web-1",
  podUid: "pod-1",
  container: "web",
};

export const CONTAINER: PodContainer = { name: "web", kind: "container", env: [] };

export const POD: Pod = {
  namespace: "shop",
  name: "web-1",
  uid: "pod-1",
  serviceAccountName: "web",
  annotations: {},
  owners: [],
  containers: [CONTAINER],
};

export const STORE: Store = {
  kind: "ClusterSecretStore",
  name: "prod",
  version: "1",
  provider: "memory",
  options: {},
  optionsFrom: [],
  identity: { as: "broker" },
  leases: "refuse",
  suspended: false,
  access: [{ namespaces: ["shop"], serviceAccounts: ["web"], paths: ["app/**"] }],
};

/** A catalogue of these, by name. */
export function catalogueOf(stores: Readonly<Record<string, StoreLookup>>) {
  return { find: (_: string, name: string): StoreLookup => stores[name] ?? { status: "missing" } };
}

/** What work is refused for. */
export async function refusalOf(work: () => unknown): Promise<ProblemError> {
  try {
    await work();
  } catch (thrown) {
    if (Problems.isInstance(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("It was not refused");
}
