import { readFile } from "node:fs/promises";
import { STORE_API_VERSION } from "@sluice/kubernetes/stores";
import { parse } from "yaml";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { apply } from "./broker-access.js";
import type { BrokerWorld, StartedBroker } from "./broker-world.js";

const RBAC = "rbac.authorization.k8s.io";

/** Applies a store that every workload may read, and waits until a broker knows it. */
export async function applyStore(
  { admin }: BrokerWorld,
  name: string,
  spec: object,
  namespace?: string,
): Promise<void> {
  const rule = { serviceAccounts: ["*"], paths: ["**"] };
  const access = [namespace === undefined ? { namespaces: ["*"], ...rule } : rule];
  await apply(admin, {
    apiVersion: STORE_API_VERSION,
    kind: namespace === undefined ? "ClusterSecretStore" : "SecretStore",
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    ...withSpec({ access, ...spec }),
  });
}

export async function untilKnown(
  { catalogue }: StartedBroker,
  namespace: string,
  name: string,
): Promise<void> {
  await waitUntil(`store ${name} is known`, async () => catalogue.find(namespace, name).status === "found");
}

/** Creates a Secret that the account `web` may read, and no other. */
export async function createSecret(
  { admin }: BrokerWorld,
  namespace: string,
  name: string,
  value: string,
): Promise<void> {
  const metadata = { name, namespace };
  const apiVersion = `${RBAC}/v1`;
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { value } };
  const role = {
    apiVersion,
    kind: "Role",
    metadata,
    rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
  };
  const binding = {
    apiVersion,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name: "web", namespace }],
  };
  for (const manifest of [secret, role, binding]) await apply(admin, manifest);
}

/** Creates a Secret beside the broker, or changes it, and lets the broker read that one. */
export async function createBrokerSecret(
  { admin }: BrokerWorld,
  name: string,
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  const metadata = { name, namespace: "sluice-system" };
  const apiVersion = `${RBAC}/v1`;
  const rules = [{ apiGroups: [""], resources: ["secrets"], resourceNames: [name], verbs: ["get"] }];
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData };
  const role = { apiVersion, kind: "Role", metadata, rules };
  const binding = {
    apiVersion,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: RBAC, kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name: "sluice-broker", namespace: "sluice-system" }],
  };
  for (const manifest of [secret, role, binding]) await apply(admin, manifest);
}

/** Gives the broker what docs/broker-rbac-tokens.yaml says, in one namespace. */
export async function letBrokerCreateTokens({ admin }: BrokerWorld, namespace: string): Promise<void> {
  const role = new URL("../../../docs/broker-rbac-tokens.yaml", import.meta.url);
  await apply(admin, parse(await readFile(role, "utf8")) as Parameters<typeof apply>[1]);
  const binding = {
    apiVersion: `${RBAC}/v1`,
    kind: "RoleBinding",
    metadata: { name: "sluice-broker-tokens", namespace },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "sluice-broker-tokens" },
    subjects: [{ kind: "ServiceAccount", name: "sluice-broker", namespace: "sluice-system" }],
  };
  await apply(admin, binding);
}

function withSpec(spec: object): object {
  return { spec };
}
